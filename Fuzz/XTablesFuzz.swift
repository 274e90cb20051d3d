// Fuzzes the reading of legacy tables: the first byte chooses the family, a struct ipt_replace follows, or the entries
// of ebtables.
import XTables

/// One input of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: data + 1, count: count - 1))
    let family = XTFamily.xtables[Int(data.pointee) % 3]
    let bridge = XTable.decode(ebtables: bytes, name: "t", validHooks: UInt32(data.pointee))
    precondition(bridge.ruleCount * 112 + bridge.chains.count * 48 <= count)
    guard let replace = XTReplace(bytes, family: family) else { return 0 }
    precondition(replace.table.ruleCount <= count)
    let entries = bytes.extracting(droppingFirst: family == .arp ? 80 : 96)
    _ = XTable.decode(entries: entries, family: family, name: "t", hooks: replace.hooks, origin: .kernel)
    return 0
}
