"""Runs a kernel with one fault, for a sanitizer to find: planted_faults.py TOOL

A sanitizer that is silent about these says nothing about other programs either.
TOOL is memcheck, racecheck, initcheck or synccheck; none plants no fault.
"""
import ctypes
import sys

# Each body runs in one block of 64 threads; %buffer has room for 64 floats, %thread is
# the thread and %at the address of its element.
BODIES = {
    "none": "st.global.u32 [%at], %thread;",
    # 64 floats further on than the thread's own: past the end.
    "memcheck": "st.global.u32 [%at+4096], %thread;",
    # Reads what the thread of the other warp wrote, with no barrier between.
    "racecheck": """
  mov.u64 %mine, cell;
  mad.wide.u32 %mine, %thread, 4, %mine;
  st.shared.u32 [%mine], %thread;
  xor.b32 %other, %thread, 32;
  mov.u64 %theirs, cell;
  mad.wide.u32 %theirs, %other, 4, %theirs;
  ld.shared.u32 %value, [%theirs];
  st.global.u32 [%at], %value;""",
    # Nothing was ever written there.
    "initcheck": """
  ld.global.u32 %value, [%at];
  add.u32 %value, %value, %thread;
  st.global.u32 [%at], %value;""",
    # Half of each warp passes a barrier that the whole warp should.
    "synccheck": """
  and.b32 %other, %thread, 31;
  setp.lt.u32 %half, %other, 16;
  @%half bar.sync 0;
  st.global.u32 [%at], %thread;""",
}
KERNEL = """
.version 7.0
.target sm_80
.address_size 64
.visible .entry planted(.param .u64 buffer) {
  .reg .u64 %buffer, %at, %mine, %theirs;
  .reg .u32 %thread, %other, %value;
  .reg .pred %half;
  .shared .align 4 .b8 cell[256];
  ld.param.u64 %buffer, [buffer];
  cvta.to.global.u64 %buffer, %buffer;
  mov.u32 %thread, %tid.x;
  mad.wide.u32 %at, %thread, 4, %buffer;
@BODY@
  ret;
}
"""


def main():
    driver = ctypes.CDLL("libcuda.so.1")

    def call(name, *arguments):
        code = getattr(driver, name)(*arguments)
        if code:
            sys.exit(f"planted_faults: {name} returns {code}")

    device, context = ctypes.c_int(), ctypes.c_void_p()
    module, kernel = ctypes.c_void_p(), ctypes.c_void_p()
    buffer = ctypes.c_uint64()
    text = KERNEL.replace("@BODY@", BODIES[sys.argv[1]]).encode()
    call("cuInit", 0)
    call("cuDeviceGet", ctypes.byref(device), 0)
    call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
    call("cuCtxSetCurrent", context)
    call("cuModuleLoadData", ctypes.byref(module), text)
    call("cuModuleGetFunction", ctypes.byref(kernel), module, b"planted")
    call("cuMemAlloc_v2", ctypes.byref(buffer), ctypes.c_size_t(256))
    arguments = (ctypes.c_void_p * 1)(ctypes.addressof(buffer))
    call("cuLaunchKernel", kernel, 1, 1, 1, 64, 1, 1, 0, None, arguments, None)
    call("cuCtxSynchronize")
    call("cuMemFree_v2", buffer)
    print("ran")


if __name__ == "__main__":
    main()
