/// What can be asked what the rules of a network namespace say.
package enum Tool: Hashable, Sendable {
    /// Whether libnftables is there: it is loaded, and no socket is opened, which would load the kernel's modules.
    case greeting
    /// libnftables, by a command of nft.
    case nftables(command: String)
    /// One of the programs that save tables, by its name.
    case save(program: SaveProgram, table: String)

    /// Programs that print a table as commands of iptables and its kin.
    package enum SaveProgram: String, CaseIterable, Sendable {
        case iptables = "iptables-nft-save"
        case ip6tables = "ip6tables-nft-save"
        case legacyIPTables = "iptables-legacy-save"
        case legacyIP6Tables = "ip6tables-legacy-save"
        case legacyARPTables = "arptables-legacy-save"
        case legacyEBTables = "ebtables-legacy-save"

        /// Where Debian and the others have it.
        var paths: [String] { ["/usr/sbin/\(rawValue)", "/sbin/\(rawValue)"] }
    }

    /// As it goes to the lister: its kind, and what follows.
    var encoded: [UInt8] {
        switch self {
        case .greeting: Array("h".utf8)
        case .nftables(let command): Array("n".utf8) + Array(command.utf8)
        case .save(let program, let table): Array("s\(program.rawValue)\0".utf8) + Array(table.utf8)
        }
    }

    init?(decoding bytes: ArraySlice<UInt8>) {
        let rest = bytes.dropFirst()
        switch bytes.first {
        case UInt8(ascii: "h"): self = .greeting
        case UInt8(ascii: "n"): self = .nftables(command: String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "s"):
            let parts = rest.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let program = SaveProgram(rawValue: String(decoding: parts[0], as: UTF8.self))
            else { return nil }
            self = .save(program: program, table: String(decoding: parts[1], as: UTF8.self))
        default: return nil
        }
    }
}
