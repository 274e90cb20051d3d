internal import Netlink

/// Where the bytes of a table come from.
public enum XTOrigin: Sendable {
    /// `IPT_SO_GET_ENTRIES` or `IPT_SO_SET_REPLACE`.
    case user
    /// `xt_table_info.entries` in the kernel's memory, after `translate_table`.
    ///
    /// Offsets, verdicts, `target_size` and the names of chains are the same. The name of a match or target is a union
    /// with a pointer to it: bytes 2 to 7 of the structure survive, 8 to 15 are the pointer. So six characters of the
    /// name are left, enough to know a standard target (none) and `ERROR`; a longer name of a known target is completed,
    /// of an unknown one ends in `*`. Counters are pointers too, and matches may hold the kernel's own state, so a
    /// rule's hash compares only with others of this origin.
    case kernel
}

/// One entry as it stands in the blob.
struct XTEntry {
    var offset: Int
    var byteCount: Int
    var targetOffset: Int
    var kind: Kind

    enum Kind: Hashable {
        /// `xt_standard_target`: a verdict, or the offset to jump to.
        case standard(verdict: Int32)
        /// `xt_error_target`: the head of a user chain, or the end of the table.
        case error(name: String)
        case named(String)
    }

    /// Reads the entry at `offset`, or nil if what it says of itself does not fit.
    init?(_ entries: RawSpan, at offset: Int, layout: XTLayout, origin: XTOrigin) {
        guard let targetOffset = entries.load(offset &+ layout.targetOffset, as: UInt16.self).map(Int.init),
            let byteCount = entries.load(offset &+ layout.targetOffset &+ 2, as: UInt16.self).map(Int.init),
            targetOffset >= layout.entrySize, byteCount >= targetOffset &+ XTExtension.headerByteCount,
            byteCount <= entries.byteCount &- offset
        else { return nil }
        self.offset = offset
        self.byteCount = byteCount
        self.targetOffset = targetOffset

        let room = entries.extracting((offset &+ targetOffset)..<(offset &+ byteCount))
        guard let target = XTExtensionView(room, origin: origin) else { return nil }
        let data = room.extracting(XTExtension.headerByteCount..<target.byteCount)
        switch target.name {
        case "":
            guard let verdict = data.load(0, as: Int32.self) else { return nil }
            kind = .standard(verdict: verdict)
        case "ERROR": kind = .error(name: data.name())
        default: kind = .named(target.name)
        }
    }
}

/// The head of a match or target.
struct XTExtensionView {
    /// With the head, at least `XTExtension.headerByteCount` and within the room it was read from.
    var byteCount: Int
    var name: String
    var revision: UInt8

    init?(_ room: RawSpan, origin: XTOrigin, isTarget: Bool = true) {
        guard let size = room.load(0, as: UInt16.self).map(Int.init), size >= XTExtension.headerByteCount,
            size <= room.byteCount, let revision = room.load(XTExtension.revision, as: UInt8.self)
        else { return nil }
        byteCount = size
        self.revision = revision
        switch origin {
        case .user:
            name = room.extracting(XTExtension.name).name()
        case .kernel:
            // Six bytes are left of the name; the pointer lies over the rest.
            let prefix = room.extracting(2..<8)
            name = prefix.name()
            let isWhole = prefix.load(5, as: UInt8.self) == 0
            if !isWhole { name = isTarget ? completed(name) : name + "*" }
        }
    }
}

/// The full name of a target whose first six characters are known.
private func completed(_ prefix: String) -> String {
    let known = [
        "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNMARK", "CONNSECMARK", "IDLETIMER", "MASQUERADE", "NETMAP",
        "NFQUEUE", "NOTRACK", "RATEEST", "REDIRECT", "REJECT", "SECMARK", "SYNPROXY", "TCPMSS", "TCPOPTSTRIP",
        "TPROXY",
    ]
    return known.first { $0.hasPrefix(prefix) } ?? prefix + "*"
}
