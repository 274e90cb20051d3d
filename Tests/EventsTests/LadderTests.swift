import Events
import Inventory
import Testing

@Suite struct `A line that would be too long` {
    static let sizes = [1024, 4096, 8192, 65_536]

    /// A process of 64 kB of arguments below 60 others.
    static var big: Event {
        changed(
            operations(5000),
            author: process(
                arguments: (0..<4096).map { Array("argument-\(1000 + $0 % 9000)".utf8) + [0x2e, 0x2e] }, depth: 60))
    }

    // At 1 k not yet: the head and a process with its parent alone take over 2,300 bytes.
    @Test(arguments: sizes.dropFirst(), EventFormat.allCases)
    func `stays within its bytes, as do its details`(size: Int, format: EventFormat) {
        for line in lines(Self.big, format, max: size) { #expect(line.count <= size) }
    }

    @Test(arguments: sizes, EventFormat.allCases)
    func `is JSON by the schema, and so are its details`(size: Int, format: EventFormat) throws {
        for line in try parsed(Self.big, format, max: size) {
            #expect(SchemaCheck.faults(line, format) == [])
            #expect(Published.faults(line, format) == [])
        }
    }

    @Test(arguments: sizes, EventFormat.allCases)
    func `tells every operation once, here or in its details`(size: Int, format: EventFormat) throws {
        let told = try parsed(Self.big, format, max: size).flatMap {
            $0.at("\(format.own).change.operations")?.list ?? []
        }
        #expect(told.compactMap { $0["handle"]?.text } == (0..<5000).map(String.init))
    }

    @Test(arguments: sizes)
    func `numbers its details, and names the change in them`(size: Int) throws {
        let lines = try parsed(Self.big, max: size)
        let details = lines.dropFirst()
        #expect(details.compactMap { $0.at("wallwatch.change.part")?.number } == Array(1..<lines.count))
        for detail in details {
            #expect(detail.at("wallwatch.change.parts")?.number == details.count)
            #expect(detail.at("wallwatch.change.id") == lines.first?.at("event.id"))
            #expect(detail.at("event.action")?.text == "firewall-change-detail")
        }
        #expect(lines.compactMap { $0.at("event.sequence")?.number } == Array(1...lines.count))
    }

    @Test(arguments: sizes, EventFormat.allCases)
    func `says what was cut, and keeps the true counts`(size: Int, format: EventFormat) throws {
        let line = try #require(try parsed(Self.big, format, max: size).first)
        let cut = line.at("\(format.own).truncated")?.list?.compactMap(\.text) ?? []
        #expect(Set(cut).isSuperset(of: ["process.args", "wallwatch.ancestry", "wallwatch.change.operations"]))
        #expect(line.at("\(format.own).change.operations_count")?.number == 5000)
        #expect((line.at("unmapped.process.args_count") ?? line.at("process.args_count"))?.number == 4096)
        #expect(format == .ecs || line.at("metadata.is_truncated")?.flag == true)
    }

    @Test(arguments: sizes)
    func `keeps the root of the chain`(size: Int) throws {
        let line = try #require(try parsed(Self.big, max: size).first)
        #expect(line.at("wallwatch.ancestry")?.list?.last?["pid"]?.number == 1)
    }

    @Test func `without details tells as many operations, and no more lines`() throws {
        let lines = try parsed(Self.big, max: 4096, detail: false)
        #expect(lines.count == 1)
        #expect(lines.first?.at("wallwatch.truncated")?.list?.contains(.text("wallwatch.change.operations")) == true)
    }

    @Test func `gets longer where more is allowed`() {
        let first = Self.sizes.map { lines(Self.big, max: $0).first?.count ?? 0 }
        #expect(first == first.sorted())
    }

    @Test func `cuts nothing that fits`() throws {
        let lines = try parsed(changed(operations(32), author: process()), max: 8000)
        #expect(lines.count == 1 && lines.first?.at("wallwatch.truncated") == nil)
    }
}
