gpu.module @kernels {
  tile.func @copy(%x: !tile.ref<?x16xf32, global>, %y: !tile.ref<?x16xf32, global>)
      attributes {threads = 32 : i32} {
    %c0 = arith.constant 0 : i32
    %rows = tile.load %x[%c0, %c0] : !tile.ref<?x16xf32, global>, i32, i32 -> tensor<8x16xf32>
    tile.store %rows, %y[%c0, %c0] : tensor<8x16xf32>, !tile.ref<?x16xf32, global>, i32, i32
    tile.return
  }
}
