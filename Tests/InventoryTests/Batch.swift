import Inventory
import Netlink

/// A request as nft would send it, read back from its bytes.
struct Batch {
    private var builder = NetlinkMessageBuilder()
    private var sequence: UInt32 = 1

    static func request(truncated: Bool = false, _ body: (inout Batch) -> Void) -> NFNetlinkRequest {
        var batch = Batch()
        batch.control(NetlinkControl.batchBegin)
        body(&batch)
        batch.control(NetlinkControl.batchEnd)
        return NFNetlinkRequest.decode(batch.builder.bytes.span.bytes, truncated: truncated)
    }

    static func intent(truncated: Bool = false, _ body: (inout Batch) -> Void) -> RequestIntent {
        RequestIntent(request(truncated: truncated, body))
    }

    /// Commands to ipset stand alone.
    static func ipset(_ command: IPSetCommand, _ name: String? = nil, _ other: String? = nil) -> NFNetlinkRequest {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.ipset, message: command.rawValue, flags: .request, sequence: 1
        ) { builder in
            if let name { builder.attribute(2, name: name) }  // IPSET_ATTR_SETNAME
            if let other { builder.attribute(3, name: other) }  // IPSET_ATTR_SETNAME2, _TYPENAME
            if command == .add || command == .delete { builder.nested(7) { _ in } }  // IPSET_ATTR_DATA
        }
        return NFNetlinkRequest.decode(builder.bytes.span.bytes)
    }

    private mutating func control(_ type: UInt16) {
        builder.message(type: type, flags: .request, sequence: sequence) { _ in }
        sequence += 1
    }

    private mutating func message(
        _ number: UInt8, _ family: NFTFamily, flags: NetlinkFlags = .request,
        _ payload: (inout NetlinkMessageBuilder) -> Void
    ) {
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.nftables, message: number, flags: flags, sequence: sequence, family: family,
            payload: payload)
        sequence += 1
    }

    /// Without a name, all tables of the family: `flush ruleset`.
    mutating func table(
        delete isDeleted: Bool = false, _ family: NFTFamily, _ name: String?, flags: NFTTableFlags? = nil
    ) {
        message(isDeleted ? 2 : 0, family) {
            if let name { $0.attribute(1, name: name) }
            if let flags { $0.attribute(2, bigEndian: flags.rawValue) }
        }
    }

    mutating func noTable(_ family: NFTFamily = .inet, handle: UInt64) {
        message(2, family) { $0.attribute(4, bigEndian: handle) }
    }

    mutating func noChain(_ id: TableID = filter, handle: UInt64) {
        message(5, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(2, bigEndian: handle)
        }
    }

    mutating func set(_ name: String, _ id: TableID = filter) {
        message(9, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(2, name: name)
        }
    }

    mutating func noSet(_ id: TableID = filter, handle: UInt64) {
        message(11, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(16, bigEndian: handle)
        }
    }

    mutating func object(_ name: String, _ id: TableID = filter) {
        message(18, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(2, name: name)
            $0.attribute(3, bigEndian: UInt32(1))
        }
    }

    /// A chain that belongs to a rule, known by a number of the request's own.
    mutating func boundChain(id number: UInt32, _ id: TableID = filter) {
        message(3, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(11, bigEndian: number)
        }
    }

    mutating func rule(inChain chain: UInt32, id number: UInt32, _ id: TableID = filter) {
        message(6, id.family, flags: [.request, .create]) {
            $0.attribute(1, name: id.name)
            $0.attribute(11, bigEndian: chain)
            $0.attribute(9, bigEndian: number)
        }
    }

    mutating func rule(_ chain: String, id number: UInt32, _ id: TableID = filter) {
        message(6, id.family, flags: [.request, .create]) {
            $0.attribute(1, name: id.name)
            $0.attribute(2, name: chain)
            $0.attribute(9, bigEndian: number)
        }
    }

    mutating func noRule(inChain chain: String, id number: UInt32, _ id: TableID = filter) {
        message(8, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(2, name: chain)
            $0.attribute(9, bigEndian: number)
        }
    }

    mutating func chain(delete isDeleted: Bool = false, _ name: String, _ id: TableID = filter) {
        message(isDeleted ? 5 : 3, id.family) {
            $0.attribute(1, name: id.name)
            $0.attribute(3, name: name)
        }
    }

    mutating func rule(
        _ chain: String, _ id: TableID = filter, replaces handle: UInt64? = nil, position: UInt64? = nil,
        append: Bool = false
    ) {
        var flags: NetlinkFlags = handle == nil ? [.request, .create] : [.request, .replace]
        if append { flags.insert(.append) }
        message(6, id.family, flags: flags) {
            $0.attribute(1, name: id.name)
            $0.attribute(2, name: chain)
            if let handle { $0.attribute(3, bigEndian: handle) }
            if let position { $0.attribute(6, bigEndian: position) }
        }
    }

    /// Without a handle, all rules of the chain; without a chain, all of the table.
    mutating func noRule(_ handle: UInt64? = nil, _ chain: String? = nil, _ id: TableID = filter) {
        message(8, id.family) {
            $0.attribute(1, name: id.name)
            if let chain { $0.attribute(2, name: chain) }
            if let handle { $0.attribute(3, bigEndian: handle) }
        }
    }

    /// A deletion without elements is a flush.
    mutating func elements(delete isDeleted: Bool = false, _ count: Int, _ set: String, _ id: TableID = filter) {
        message(isDeleted ? 14 : 12, id.family) { builder in
            builder.attribute(1, name: id.name)
            builder.attribute(2, name: set)
            guard count > 0 else { return }
            builder.nested(3) { builder in
                for key in 0..<count {
                    builder.nested(1) { $0.nested(1) { $0.attribute(1, bigEndian: UInt32(key)) } }
                }
            }
        }
    }
}
