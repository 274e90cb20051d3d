import Records
import Testing

@testable import Collector

@Suite struct `An inbox` {
    private func record(_ number: Int32) -> Record { .xtablesResult(id: UInt64(number), error: number) }

    private func numbers(_ records: ArraySlice<Record>) -> [Int32] {
        records.map { if case .xtablesResult(_, let error) = $0 { error } else { -1 } }
    }

    @Test func `hands over what comes while a record is handled after those that came before it`() {
        let inbox = Inbox()
        for number in 1...3 { inbox.append(record(Int32(number))) }
        var order: [Int32] = []
        var announced: [[Int32]] = []
        var seen: [[Int32]] = []
        inbox.empty {
            announced.append(numbers($0))
        } _: { handled in
            order += numbers([handled])
            guard order == [1] else { return }
            inbox.append(record(4))
            seen.append(numbers(inbox.waiting))
            // Out of turn nothing is handled.
            inbox.empty { _ in
            } _: { _ in
                order.append(99)
            }
        }
        #expect(order == [1, 2, 3, 4])
        #expect(seen == [[2, 3, 4]])
        #expect(announced == [[1, 2, 3], [2, 3, 4]])
        #expect(inbox.isEmpty && !inbox.isInUse)
    }

    @Test func `counts what could not be read`() {
        let inbox = Inbox()
        inbox.append(nil)
        #expect(inbox.isEmpty && inbox.malformed == 1)
    }
}
