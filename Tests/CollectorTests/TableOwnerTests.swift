import Events
import Lineage
import Records
import Testing

@testable import Collector

@Suite struct `Who holds a socket that owns a table` {
    static let socket = TableOwners.Socket(netns: 1, port: 42)
    static let maker = ProcessID(pid: 10, start: 100)
    static let heir = ProcessID(pid: 11, start: 110)

    static func process(_ pid: UInt32) -> Process? {
        var lineage = Lineage()
        lineage.fork(
            Record.Fork(parent: ProcessID(pid: 1, start: 1), child: ProcessID(pid: pid, start: 5), user: 0), at: 5)
        return lineage.process(pid: pid)
    }

    static func held() -> TableOwners {
        var owners = TableOwners()
        owners.add(socket)
        owners.add(maker, holding: socket)
        return owners
    }

    @Test func `is told when it ends, once`() {
        var owners = Self.held()
        let first = owners.end(of: Self.maker, 0)
        let second = owners.end(of: Self.maker, 0)
        let stranger = owners.end(of: Self.heir, 0)
        #expect(first == [Self.socket] && second.isEmpty && stranger.isEmpty)
    }

    @Test func `was killed by who sent the signal it ended with`() throws {
        var owners = Self.held()
        let (one, other) = (try #require(Self.process(20)), try #require(Self.process(21)))
        owners.note(signal: 15, to: Self.maker, from: one)
        owners.note(signal: 9, to: Self.maker, from: other)
        #expect(owners.killer(of: Self.maker) == nil)
        _ = owners.end(of: Self.maker, 9)
        let killer = try #require(owners.killer(of: Self.maker))
        #expect(killer.signal == 9 && killer.process === other)
    }

    @Test func `was killed with a core dump too`() throws {
        var owners = Self.held()
        owners.note(signal: 6, to: Self.maker, from: try #require(Self.process(20)))
        _ = owners.end(of: Self.maker, 0x86)
        #expect(owners.killer(of: Self.maker)?.signal == 6)
    }

    @Test func `was killed by nobody if it ended by itself after a signal`() throws {
        var owners = Self.held()
        owners.note(signal: 15, to: Self.maker, from: try #require(Self.process(20)))
        _ = owners.end(of: Self.maker, 15 << 8)
        #expect(owners.killer(of: Self.maker) == nil)
    }

    @Test func `is watched no more when it holds no other`() {
        var owners = Self.held()
        let other = TableOwners.Socket(netns: 1, port: 43)
        owners.add(other)
        owners.add(Self.maker, holding: other)
        owners.add(Self.heir, holding: Self.socket)
        #expect(owners.ports(in: 1) == [42, 43] && owners.ports(in: 2).isEmpty)
        let free = owners.remove(Self.socket)
        #expect(free == [Self.heir])
        #expect(owners.remove(other) == [Self.maker] && owners.holderCount == 0)
    }
}
