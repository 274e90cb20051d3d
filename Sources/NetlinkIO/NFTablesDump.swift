internal import CLinux
public import Netlink

/// Reads the nftables ruleset of a namespace. It loads `nf_tables` if that is not loaded (`KernelSubsystem`).
public final class NFTablesDump {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0

    /// Opens a socket in the namespace of the descriptor, or in the thread's own.
    public init(namespace: CInt? = nil) throws(NetlinkIOError) {
        socket = try NetlinkSocket(.netfilter, namespace: namespace)
    }

    /// The generation of the ruleset, or nil if the kernel has no nf_tables.
    public func generation() throws(NetlinkIOError) -> UInt32? {
        var generation: UInt32?
        do throws(NetlinkIOError) {
            let request = NetlinkMessageBuilder.getGeneration(sequence: nextSequence())
            _ = try socket.request(request, "read the generation of the nftables ruleset") { header, payload in
                guard header.subsystem == NFNetlinkSubsystem.nftables else { return }
                if case .newGeneration(let reply)? = NFTMessage(type: header.message, payload: payload) {
                    generation = reply.id
                }
            }
        } catch  where [EINVAL, EPROTONOSUPPORT, EOPNOTSUPP, ENOENT].contains(error.code) {
            return nil
        }
        return generation
    }

    /// Reads the whole ruleset at one generation; again, if it changes meanwhile, up to `attempts` times.
    /// A kernel without nf_tables has an empty ruleset of generation 0.
    public func snapshot(
        elements detail: ElementDetail = .digests, keepingExpressionBytes: Bool = false, attempts: Int = 8
    ) throws(NetlinkIOError) -> RulesetSnapshot {
        guard var generation = try generation() else { return RulesetSnapshot(generation: 0) }
        var attempt = 1
        while true {
            var snapshot = RulesetSnapshot(generation: generation)
            let isWhole = try read(&snapshot, detail, keepingExpressionBytes)
            let after = try self.generation() ?? 0
            snapshot.isConsistent = isWhole && after == generation
            if snapshot.isConsistent || attempt >= attempts { return snapshot }
            generation = after
            attempt += 1
        }
    }

    /// The tables of all families, without what is in them.
    public func tables(attempts: Int = 8) throws(NetlinkIOError) -> [NFTTable] {
        var snapshot = RulesetSnapshot(generation: 0)
        for _ in 0..<max(attempts, 1) {
            snapshot.tables.removeAll()
            let request = NetlinkMessageBuilder.dump(.tables, sequence: nextSequence())
            if try list(request, "list nftables tables", into: &snapshot) == .complete { break }
        }
        return snapshot.tables
    }

    /// Returns whether no dump was interrupted.
    private func read(
        _ snapshot: inout RulesetSnapshot, _ detail: ElementDetail, _ keepingExpressionBytes: Bool
    ) throws(NetlinkIOError) -> Bool {
        var isWhole = true
        for kind in [NFTDump.tables, .chains, .sets, .flowtables] {
            let request = NetlinkMessageBuilder.dump(kind, sequence: nextSequence())
            do throws(NetlinkIOError) {
                let outcome = try list(request, "list nftables \(kind)", into: &snapshot)
                isWhole = isWhole && outcome == .complete
            } catch  where kind == .flowtables && error.code == EINVAL {
                continue  // before kernel 4.16
            }
        }
        for request in ruleRequests(snapshot.chains) {
            let outcome = try list(request, "list nftables rules", into: &snapshot, keepingExpressionBytes)
            isWhole = isWhole && outcome == .complete
        }
        for set in snapshot.sets {
            guard let contents = try contents(of: set, detail) else {
                isWhole = false
                continue
            }
            snapshot.contents.append(contents)
        }
        return isWhole
    }

    /// The requests that list the rules of the chains.
    ///
    /// Every 32 KiB of a dump the kernel begins anew and passes all rules it has sent before: 100,000 rules in one dump
    /// take it 4 seconds. Chain by chain it need only pass those of the chain.
    private func ruleRequests(_ chains: [NFTChain]) -> [[UInt8]] {
        let use = chains.reduce(0) { $0 &+ Int($1.use ?? 0) }
        if use < 1000 { return [NetlinkMessageBuilder.dump(.rules, sequence: nextSequence())] }
        return chains.map {
            NetlinkMessageBuilder.dumpRules(
                of: $0.name ?? "", table: $0.table, family: $0.family, sequence: nextSequence())
        }
    }

    private func list(
        _ request: [UInt8], _ operation: @autoclosure () -> String, into snapshot: inout RulesetSnapshot,
        _ keepingExpressionBytes: Bool = false
    ) throws(NetlinkIOError) -> NetlinkSocket.Outcome {
        try socket.request(request, operation()) { header, payload in
            guard header.subsystem == NFNetlinkSubsystem.nftables,
                let message = NFTMessage(
                    type: header.message, payload: payload, keepingExpressionBytes: keepingExpressionBytes)
            else { return }
            snapshot.take(message)
        }
    }

    /// What a set holds, or nil if the ruleset changes meanwhile.
    private func contents(of set: NFTSet, _ detail: ElementDetail) throws(NetlinkIOError) -> SetContents? {
        let name = set.name ?? ""
        var contents = SetContents(family: set.family, table: set.table, set: name, count: 0)
        if detail == .counts, !set.isVerdictMap, let count = set.elementCount {
            contents.count = Int(count)
            return contents
        }
        let keeps = set.isVerdictMap || detail == .all
        var digest: UInt64 = 0
        let request = NetlinkMessageBuilder.dumpElements(
            of: name, table: set.table, family: set.family, sequence: nextSequence())
        do throws(NetlinkIOError) {
            let outcome = try socket.request(request, "list the elements of nftables set \(name)") { header, payload in
                guard header.subsystem == NFNetlinkSubsystem.nftables,
                    case .newElements(let reply)? = NFTMessage(type: header.message, payload: payload)
                else { return }
                contents.count &+= reply.count
                for element in reply.elements { digest &+= element.digest }
                if keeps { contents.elements += reply.elements }
            }
            guard outcome == .complete else { return nil }
        } catch  where error.code == ENOENT || error.code == EINTR {
            return nil
        }
        contents.digest = digest
        return contents
    }

    private func nextSequence() -> UInt32 {
        sequence &+= 1
        return sequence
    }
}

extension RulesetSnapshot {
    fileprivate mutating func take(_ message: NFTMessage) {
        switch message {
        case .newTable(let table): tables.append(table)
        case .newChain(let chain): chains.append(chain)
        case .newRule(let rule): rules.append(rule)
        case .newSet(let set): sets.append(set)
        case .newFlowtable(let flowtable): flowtables.append(flowtable)
        default: break
        }
    }
}
