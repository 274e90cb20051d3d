// Fuzzes the reading of notifications, dump replies and errors as the kernel sends them.
import Netlink

/// One input of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: data, count: count))
    forEachMessage(in: bytes) { header, payload in
        if case .newTable(let table)? = NFTMessage(type: header.message, payload: payload), let name = table.name {
            // A name is written back as the bytes it came from, and so read as the same name.
            var builder = NetlinkMessageBuilder()
            builder.netfilterMessage(subsystem: 10, message: 0, flags: [], sequence: 0, family: table.family) {
                $0.attribute(1, name: name)
            }
            let again = Array(builder.bytes.dropFirst(NetlinkHeader.byteCount))
            let message = NFTMessage(type: 0, payload: again.span.bytes)
            guard case .newTable(let copy)? = message, copy.name == name else { fatalError(name) }
        }
        _ = IPSetHeader(payload: payload)
        _ = NetlinkError(payload, flags: header.flags)
        _ = NetlinkError.dumpResult(payload)
        _ = NamespaceID(header, payload: payload)
    }
    return 0
}
