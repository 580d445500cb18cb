//===- HandWrittenPTX.h - Kernels to try a device with ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_HANDWRITTENPTX_H
#define PIGEON_TEST_UNIT_RUNTIME_HANDWRITTENPTX_H

namespace pigeon::runtime::test {

/// c[i] = a[i] + b[i] for i < n; `far_shared` writes the number of each
/// thread by way of dynamic shared memory past the default of 48 KiB.
inline constexpr char handWrittenPTX[] = R"(
.version 7.0
.target sm_80
.address_size 64

.visible .entry add(.param .u64 pa, .param .u64 pb, .param .u64 pc,
                    .param .u32 pn)
{
  .reg .pred %p;
  .reg .b32 %r<6>;
  .reg .f32 %f<4>;
  .reg .b64 %d<8>;
  ld.param.u64 %d1, [pa];
  ld.param.u64 %d2, [pb];
  ld.param.u64 %d3, [pc];
  ld.param.u32 %r1, [pn];
  mov.u32 %r2, %ctaid.x;
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r2, %r3, %r4;
  setp.ge.s32 %p, %r5, %r1;
  @%p bra done;
  mul.wide.s32 %d4, %r5, 4;
  add.s64 %d5, %d1, %d4;
  add.s64 %d6, %d2, %d4;
  add.s64 %d7, %d3, %d4;
  ld.global.f32 %f1, [%d5];
  ld.global.f32 %f2, [%d6];
  add.f32 %f3, %f1, %f2;
  st.global.f32 [%d7], %f3;
done:
  ret;
}

.extern .shared .align 16 .b8 arena[];

.visible .entry far_shared(.param .u64 pc)
{
  .reg .b32 %r<4>;
  .reg .b64 %d<4>;
  ld.param.u64 %d1, [pc];
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, arena;
  mad.lo.s32 %r2, %r1, 4, %r2;
  st.shared.u32 [%r2+65536], %r1;
  bar.sync 0;
  ld.shared.u32 %r3, [%r2+65536];
  mul.wide.u32 %d2, %r1, 4;
  add.s64 %d3, %d1, %d2;
  st.global.u32 [%d3], %r3;
  ret;
}
)";

} // namespace pigeon::runtime::test

#endif // PIGEON_TEST_UNIT_RUNTIME_HANDWRITTENPTX_H
