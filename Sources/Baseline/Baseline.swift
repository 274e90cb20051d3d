internal import FoundationEssentials

/// The documented state of a firewall: what an operator looked at and found right.
///
/// Counters, handles and generations are left out, and everything has its order: the same firewall gives the same text.
package struct Baseline: Codable, Hashable, Sendable {
    /// The layout of the file.
    package static let currentVersion = 1

    package var version = Baseline.currentVersion
    /// RFC 3339, UTC.
    package var savedAt: String
    package var hostname: String
    package var totals: Totals
    /// By backend, family and name.
    package var tables: [Table]
    /// By name.
    package var ipsets: [ElementSet]

    package struct Totals: Codable, Hashable, Sendable {
        package var rules: Int
        package var effectiveRules: Int
        package var blockingRules: Int
        package var elements: Int

        package init(rules: Int, effectiveRules: Int, blockingRules: Int, elements: Int) {
            self.rules = rules
            self.effectiveRules = effectiveRules
            self.blockingRules = blockingRules
            self.elements = elements
        }

        enum CodingKeys: String, CodingKey {
            case rules, elements
            case effectiveRules = "effective_rules"
            case blockingRules = "blocking_rules"
        }
    }

    package struct Table: Codable, Hashable, Sendable {
        /// `nftables`, or one of the legacy ones, as in events.
        package var backend: String
        package var family: String
        package var name: String
        /// Only if it is.
        package var dormant: Bool?
        /// By name.
        package var chains: [Chain]
        /// By name; those that belong to a rule are part of the rule.
        package var sets: [ElementSet]

        package init(
            backend: String, family: String, name: String, dormant: Bool? = nil, chains: [Chain] = [],
            sets: [ElementSet] = []
        ) {
            self.backend = backend
            self.family = family
            self.name = name
            self.dormant = dormant
            self.chains = chains
            self.sets = sets
        }
    }

    package struct Chain: Codable, Hashable, Sendable {
        package var name: String
        package var type: String?
        /// The kernel's number of the hook.
        package var hook: Int?
        package var priority: Int?
        package var devices: [String]?
        package var policy: String?
        package var effectiveRules: Int
        package var blockingRules: Int
        /// In their order, in the words of nft or iptables-save.
        package var rules: [String]

        package init(
            name: String, type: String? = nil, hook: Int? = nil, priority: Int? = nil, devices: [String]? = nil,
            policy: String? = nil, effectiveRules: Int, blockingRules: Int, rules: [String]
        ) {
            self.name = name
            self.type = type
            self.hook = hook
            self.priority = priority
            self.devices = devices
            self.policy = policy
            self.effectiveRules = effectiveRules
            self.blockingRules = blockingRules
            self.rules = rules
        }

        enum CodingKeys: String, CodingKey {
            case name, type, hook, priority, devices, policy, rules
            case effectiveRules = "effective_rules"
            case blockingRules = "blocking_rules"
        }
    }

    package struct ElementSet: Codable, Hashable, Sendable {
        package var name: String
        /// Of an ipset.
        package var type: String?
        /// Packets or time may change it: what it holds is no difference.
        package var volatile: Bool?
        package var elements: Int
        /// Over what it holds, whatever the order; absent where that is not known.
        package var digest: String?

        package init(name: String, type: String? = nil, volatile: Bool? = nil, elements: Int, digest: String? = nil) {
            self.name = name
            self.type = type
            self.volatile = volatile
            self.elements = elements
            self.digest = digest
        }
    }

    package init(savedAt: String, hostname: String, totals: Totals, tables: [Table], ipsets: [ElementSet]) {
        self.savedAt = savedAt
        self.hostname = hostname
        self.totals = totals
        self.tables = tables
        self.ipsets = ipsets
    }

    enum CodingKeys: String, CodingKey {
        case version, hostname, totals, tables, ipsets
        case savedAt = "saved_at"
    }

    /// What stands before a rule of which only a summary is known.
    package static let summaryMark = "summary: "
}

extension Baseline {
    /// Why a file is no baseline.
    package struct Malformed: Error, CustomStringConvertible {
        package var description: String
    }

    /// The text of a file: sorted, for people to read and for version control.
    package var text: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return [] }
        return Array(data) + [10]
    }

    /// Reads the text of a file.
    package init(text: [UInt8]) throws(Malformed) {
        struct Head: Codable { var version: Int }
        let data = Data(text)
        do {
            let version = try JSONDecoder().decode(Head.self, from: data).version
            guard version == Self.currentVersion else {
                throw Malformed(description: "it is of version \(version), this wallwatch reads \(Self.currentVersion)")
            }
            self = try JSONDecoder().decode(Baseline.self, from: data)
        } catch let error as Malformed {
            throw error
        } catch let error as DecodingError {
            throw Malformed(description: error.place)
        } catch {
            throw Malformed(description: "it is no JSON")
        }
    }
}

extension DecodingError {
    fileprivate var place: String {
        let (context, what) =
            switch self {
            case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context): (context, "a value of another type")
            case .dataCorrupted(let context): (context, "no JSON of a baseline")
            @unknown default: (Context(codingPath: [], debugDescription: ""), "no baseline")
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return path.isEmpty ? what : "\(what) at \(path.hasPrefix(".") ? String(path.dropFirst()) : path)"
    }
}
