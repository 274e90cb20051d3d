// Fuzzes the reading of requests as user space sends them.
import Netlink

/// One input of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: data, count: count))
    let whole = NFNetlinkRequest.decode(bytes, keepingExpressionBytes: true)
    let front = NFNetlinkRequest.decode(bytes, truncated: true)
    // What the kernel would read is never more than what is there.
    precondition(whole.messages.count <= front.messages.count)
    return 0
}
