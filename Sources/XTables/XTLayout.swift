/// How the entries of a family lie in memory: `struct ipt_entry`, `ip6t_entry`, `arpt_entry` of linux/netfilter_*/.
struct XTLayout: Sendable {
    /// The built-in chains by hook number.
    var hookNames: [String]
    /// Of the entry without matches and target.
    var entrySize: Int
    /// `target_offset`, followed by `next_offset`.
    var targetOffset: Int
    /// The bytes that say which packets match: what goes into a rule's hash. Padding left out.
    var fields: [Range<Int>]
    /// One byte; `goto` is its bit for a goto, `fragment` that for fragments only.
    var flagsOffset: Int
    var gotoFlag: UInt8
    var fragmentFlag: UInt8
    /// The inversion flags, one byte or two.
    var inversionOffset: Int
    var inversionIsWide: Bool
    var fragmentInversion: UInt16
    /// The protocol, which is no condition if 0.
    var protocolField: Range<Int>
    var criteria: [Criterion]

    /// A field under a mask.
    struct Criterion: Sendable {
        var value: Range<Int>
        var mask: Range<Int>
        var inversion: UInt16
        /// The kernel compares the packet's masked bytes with the whole value, so a value outside the mask never
        /// matches. Otherwise it masks the difference, and an empty mask always matches.
        var comparesWholeValue: Bool

        init(_ value: Int, _ mask: Int, count: Int, inversion: UInt16, wholeValue: Bool = false) {
            self.value = value..<(value &+ count)
            self.mask = mask..<(mask &+ count)
            self.inversion = inversion
            comparesWholeValue = wholeValue
        }
    }
}

/// `struct xt_entry_match` and `xt_entry_target`: size (2), name (29), revision (1), then data.
enum XTExtension {
    static let headerByteCount = 32
    static let name = 2..<31
    static let revision = 31
}

extension XTFamily {
    /// nil: it is not one of x_tables.
    var layout: XTLayout? {
        switch self {
        case .ipv4: XTLayout.ipv4
        case .ipv6: XTLayout.ipv6
        case .arp: XTLayout.arp
        case .bridge: nil
        }
    }
}

extension XTLayout {
    private static let inet = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]

    static let ipv4 = XTLayout(
        hookNames: inet, entrySize: 112, targetOffset: 88, fields: [0..<84],
        flagsOffset: 82, gotoFlag: 2, fragmentFlag: 1,
        inversionOffset: 83, inversionIsWide: false, fragmentInversion: 0x20, protocolField: 80..<82,
        criteria: [
            Criterion(0, 8, count: 4, inversion: 0x08, wholeValue: true),  // source
            Criterion(4, 12, count: 4, inversion: 0x10, wholeValue: true),  // destination
            Criterion(16, 48, count: 16, inversion: 0x01),  // input interface
            Criterion(32, 64, count: 16, inversion: 0x02),  // output interface
        ])

    static let ipv6 = XTLayout(
        hookNames: inet, entrySize: 168, targetOffset: 140, fields: [0..<133],
        flagsOffset: 131, gotoFlag: 4, fragmentFlag: 0,
        inversionOffset: 132, inversionIsWide: false, fragmentInversion: 0, protocolField: 128..<130,
        criteria: [
            Criterion(0, 32, count: 16, inversion: 0x08),  // source
            Criterion(16, 48, count: 16, inversion: 0x10),  // destination
            Criterion(64, 96, count: 16, inversion: 0x01),  // input interface
            Criterion(80, 112, count: 16, inversion: 0x02),  // output interface
        ])

    static let arp = XTLayout(
        hookNames: ["INPUT", "OUTPUT", "FORWARD"], entrySize: 192, targetOffset: 164, fields: [0..<159, 160..<162],
        flagsOffset: 158, gotoFlag: 0, fragmentFlag: 0,
        inversionOffset: 160, inversionIsWide: true, fragmentInversion: 0, protocolField: 0..<0,
        criteria: [
            Criterion(0, 8, count: 4, inversion: 0x04, wholeValue: true),  // source address
            Criterion(4, 12, count: 4, inversion: 0x08, wholeValue: true),  // target address
            Criterion(16, 17, count: 1, inversion: 0x200, wholeValue: true),  // hardware address length
            Criterion(18, 34, count: 16, inversion: 0x10),  // source hardware address
            Criterion(50, 66, count: 16, inversion: 0x20),  // target hardware address
            Criterion(82, 84, count: 2, inversion: 0x40, wholeValue: true),  // operation
            Criterion(86, 88, count: 2, inversion: 0x80, wholeValue: true),  // hardware type
            Criterion(90, 92, count: 2, inversion: 0x100, wholeValue: true),  // protocol type
            Criterion(94, 126, count: 16, inversion: 0x01),  // input interface
            Criterion(110, 142, count: 16, inversion: 0x02),  // output interface
        ])
}
