// The requests wallwatch makes. None changes a firewall.

/// Everything of one kind that a ruleset holds.
public enum NFTDump: CaseIterable, Sendable {
    case tables, chains, rules, sets, objects, flowtables

    /// `NFT_MSG_GET*`
    var message: UInt8 {
        switch self {
        case .tables: 1
        case .chains: 4
        case .rules: 7
        case .sets: 10
        case .objects: 19
        case .flowtables: 23
        }
    }
}

extension NetlinkMessageBuilder {
    /// Asks for everything of one kind, of all families and tables.
    public static func dump(_ kind: NFTDump, sequence: UInt32) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.nftables, message: kind.message, flags: [.request, .dump], sequence: sequence)
        return builder.bytes
    }

    /// Asks for the rules of one chain.
    public static func dumpRules(of chain: String, table: String, family: NFTFamily, sequence: UInt32) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.nftables, message: NFTDump.rules.message, flags: [.request, .dump],
            sequence: sequence, family: family
        ) { builder in
            builder.attribute(1, name: table)  // NFTA_RULE_TABLE
            builder.attribute(2, name: chain)  // _CHAIN
        }
        return builder.bytes
    }

    /// Asks for the elements of one set.
    public static func dumpElements(of set: String, table: String, family: NFTFamily, sequence: UInt32) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.nftables, message: NFTMessageType.getElements.rawValue,
            flags: [.request, .dump], sequence: sequence, family: family
        ) { builder in
            builder.attribute(1, name: table)  // NFTA_SET_ELEM_LIST_TABLE
            builder.attribute(2, name: set)  // _SET
        }
        return builder.bytes
    }

    /// Asks for the generation of the ruleset. It is no dump: there is one reply.
    public static func getGeneration(sequence: UInt32) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.nftables, message: NFTMessageType.getGeneration.rawValue, flags: [.request],
            sequence: sequence)
        return builder.bytes
    }

    /// Asks for the headers of all ipsets, without their members. `version` is that of ipset's protocol; with 7 (4.20)
    /// it tells the numbers by which rules refer to the sets.
    public static func dumpIPSetHeaders(sequence: UInt32, version: UInt8 = 7) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(
            subsystem: NFNetlinkSubsystem.ipset, message: IPSetCommand.list.rawValue, flags: [.request, .dump],
            sequence: sequence
        ) { builder in
            builder.attribute(1, host: version)  // IPSET_ATTR_PROTOCOL
            // IPSET_ATTR_FLAGS = IPSET_FLAG_LIST_HEADER
            builder.attribute(6 | NetlinkAttribute.networkByteOrder, bigEndian: UInt32(4))
        }
        return builder.bytes
    }

    /// Asks that the namespace behind `descriptor` get a number, the next free one where `nsid` is -1.
    public static func newNamespaceID(descriptor: Int32, nsid: Int32 = -1, sequence: UInt32) -> [UInt8] {
        namespaceID(type: NamespaceID.newType, flags: [.request, .ack], descriptor: descriptor, sequence) {
            $0.attribute(1, host: nsid)  // NETNSA_NSID
        }
    }

    /// Asks which number the namespace behind `descriptor` has.
    public static func getNamespaceID(descriptor: Int32, sequence: UInt32) -> [UInt8] {
        namespaceID(type: NamespaceID.getType, flags: [.request], descriptor: descriptor, sequence) { _ in }
    }

    private static func namespaceID(
        type: UInt16, flags: NetlinkFlags, descriptor: Int32, _ sequence: UInt32,
        _ more: (inout NetlinkMessageBuilder) -> Void
    ) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.message(type: type, flags: flags, sequence: sequence) { builder in
            builder.family(0)  // struct rtgenmsg, AF_UNSPEC
            more(&builder)
            builder.attribute(3, host: UInt32(bitPattern: descriptor))  // NETNSA_FD
        }
        return builder.bytes
    }
}
