import Netlink
import Testing

@Suite struct RequestTests {
    func decode(_ bytes: [UInt8], truncated: Bool = false) -> NFNetlinkRequest {
        NFNetlinkRequest.decode(bytes.span.bytes, truncated: truncated)
    }

    @Test func `a batch of nft is read whole`() throws {
        let request = decode(Captured.batch)
        #expect(request.isBatch && request.hasBatchEnd && !request.isMalformed && !request.isTruncated)
        #expect(request.batchSubsystem == 10)
        #expect(request.firstSequence == 0 && request.lastSequence == 9)
        #expect(request.messages.map(\.sequence) == Array(1...8))
        #expect(request.messages.allSatisfy { !$0.isIncomplete && $0.flags.contains(.request) })

        var table = NFTTable(family: .inet, name: "t")
        table.flags = []
        #expect(request.messages[0].body == .nftables(.newTable(table)))

        guard case .nftables(.newChain(let chain)) = request.messages[1].body else {
            Issue.record("\(request.messages[1])")
            return
        }
        #expect(chain.name == "c" && chain.table == "t" && chain.type == "filter" && chain.policy == .drop)
        #expect(chain.hook == NFTHook(number: 1, priority: -1))
    }

    @Test func `sets and their elements are read from a request`() throws {
        let messages = decode(Captured.batch).messages
        guard case .nftables(.newSet(let set)) = messages[2].body,
            case .nftables(.newElements(let elements)) = messages[3].body,
            case .nftables(.newSet(let map)) = messages[4].body,
            case .nftables(.newElements(let mapped)) = messages[5].body
        else {
            Issue.record("\(messages)")
            return
        }
        #expect(set.name == "s" && set.flags == .interval && set.keyLength == 4 && set.id == 1)
        #expect(!set.isVerdictMap)
        #expect(elements.set == "s" && elements.elements.count == 3 && elements.count == 1)
        #expect(elements.elements.map(\.isIntervalEnd) == [true, false, true])
        #expect(Set(elements.elements.map(\.keyHash)).count == 3)
        #expect(map.isVerdictMap)
        #expect(mapped.elements.map(\.verdict) == [NFTVerdict(code: .accept)])
    }

    @Test func `the expressions of a rule are read from a request`() throws {
        let messages = decode(Captured.batch).messages
        guard case .nftables(.newRule(let first)) = messages[6].body,
            case .nftables(.newRule(let second)) = messages[7].body
        else {
            Issue.record("\(messages)")
            return
        }
        #expect(first.expressions.map(\.name) == ["meta", "cmp", "payload", "lookup"])
        #expect(first.expressions.last == .lookup(set: "m", setID: 2, isInverted: false, isVerdictMap: true))
        #expect(second.expressions.map(\.name) == ["meta", "cmp", "payload", "lookup", "counter", "immediate"])
        #expect(second.expressions.last == .immediate(verdict: NFTVerdict(code: .drop)))
        #expect(second.comment == "hi")
        #expect(second.handle == nil && second.chain == "c" && messages[7].flags.contains(.append))
        #expect(second.expressionBytes == nil)
    }

    @Test func `a flush of everything names no table`() {
        let request = decode(Captured.flushRuleset)
        #expect(
            request.messages.map(\.body) == [.nftables(.deleteTable(NFTTable(family: .unspecified), destroy: false))])
    }

    @Test func `what follows the end of a batch is not of it`() {
        let request = decode(Captured.flushRuleset + Captured.flushRuleset + [1, 2, 3])
        #expect(request.messages.count == 1)
        #expect(!request.isMalformed)
    }

    @Test func `a cut request tells what is there`() {
        for length in 0..<Captured.batch.count {
            let request = decode(Array(Captured.batch.prefix(length)), truncated: true)
            #expect(request.isTruncated && !request.isMalformed)
            #expect(!request.hasBatchEnd || length >= Captured.batch.count - 4)
        }
        // Cut within the last rule: its chain and table are known.
        let request = decode(Array(Captured.batch.prefix(Captured.batch.count - 100)), truncated: true)
        #expect(request.messages.count == 8)
        #expect(request.messages.last?.isIncomplete == true)
        guard case .nftables(.newRule(let rule))? = request.messages.last?.body else { return }
        #expect(rule.table == "t" && rule.chain == "c")
    }

    @Test func `a length past the end is malformed, and what stands before it is read`() {
        let request = decode(Array(Captured.batch.dropLast(40)))
        #expect(request.isMalformed)
        #expect(request.messages.count == 7)
    }

    @Test(arguments: [UInt32(0), 1, 15, 0xffff_ffff, 0x7fff_ffff])
    func `a length that cannot be ends the walk`(length: UInt32) {
        var bytes = Captured.flushRuleset
        bytes.replaceSubrange(20..<24, with: (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) })
        let request = decode(bytes)
        #expect(request.isBatch && request.isMalformed && request.messages.isEmpty)
    }

    @Test func `a batch's subsystem is taken in either order`() {
        var bytes = Captured.flushRuleset
        #expect(decode(bytes).batchSubsystem == 10)
        bytes.swapAt(18, 19)
        #expect(decode(bytes).batchSubsystem == 10)
    }

    @Test func `ipset requests are read`() {
        let create = decode(Captured.createSet)
        #expect(!create.isBatch && create.messages.count == 1)
        guard case .ipset(let request)? = create.messages.first?.body else { return }
        #expect(request.command == .create && request.setName == "a" && request.typeName == "hash:ip")
        #expect(request.family == .ipv4 && request.elementCount == 0 && request.setName2 == nil)

        guard case .ipset(let add)? = decode(Captured.addElement).messages.first?.body else { return }
        #expect(add.command == .add && add.setName == "a" && add.elementCount == 1)

        guard case .ipset(let swap)? = decode(Captured.swapSets).messages.first?.body else { return }
        #expect(swap.command == .swap && swap.setName == "a" && swap.setName2 == "b" && swap.typeName == nil)
        #expect(swap.command.isChange && !IPSetCommand.list.isChange)
    }

    @Test func `many elements of one ipset request are counted`() {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 6, message: 10, flags: .request, sequence: 5) { builder in
            builder.attribute(2, name: "a")
            builder.nested(8) { builder in
                for _ in 0..<7 { builder.nested(7) { $0.attribute(1, bytes: [1, 2, 3, 4]) } }
            }
        }
        guard case .ipset(let request)? = decode(builder.bytes).messages.first?.body else { return }
        #expect(request.command == .delete && request.elementCount == 7)
    }

    @Test func `a destroy is a delete that says so, and a reset is neither`() {
        func body(_ type: UInt8) -> NFNetlinkRequest.RequestBody? {
            var builder = NetlinkMessageBuilder()
            builder.netfilterMessage(subsystem: 10, message: type, flags: .request, sequence: 1, family: .ipv4) {
                $0.attribute(1, name: "t")
            }
            return decode(builder.bytes).messages.first?.body
        }
        #expect(body(2) == .nftables(.deleteTable(NFTTable(family: .ipv4, name: "t"), destroy: false)))
        #expect(body(26) == .nftables(.deleteTable(NFTTable(family: .ipv4, name: "t"), destroy: true)))
        #expect(body(28) == .nftables(.deleteRule(NFTRule(family: .ipv4, table: "t"), destroy: true)))
        for type: UInt8 in [1, 4, 7, 10, 13, 16, 17, 19, 21, 23, 25, 33, 255] {
            #expect(body(type) == .nftables(.other(type: type)))
        }
    }

    @Test func `another subsystem keeps its number`() {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 1, message: 2, flags: .request, sequence: 1)
        #expect(decode(builder.bytes).messages.map(\.body) == [.other(subsystem: 1, type: 2)])
    }
}
