gpu.module @kernels {
  tile.func @f() attributes {threads = 32 : i32} {
    %0 = tile.iota : tensor<64xi32, #layout.layout<[64], [[thread 64:1]]>>
    tile.return
  }
}
