import JSON

@testable import Report

/// Lines as wallwatch writes them, with what a report reads.
enum Lines {
    static func line(
        _ action: String, _ sequence: Int, second: Int, _ members: String, process: String? = nft, id: String? = nil,
        host: String = "web"
    ) -> [UInt8] {
        let who = process.map { "\"process\":\($0)," } ?? ""
        return Array(
            """
            {"@timestamp":"2026-11-27T22:00:\(second < 10 ? "0" : "")\(second).000000000Z","event":{"action":"\(action)",\
            "module":"wallwatch","id":"\(id ?? "run-\(sequence)")","sequence":\(sequence)},"host":{"id":"\(host)",\
            "hostname":"\(host)"},"agent":{"id":"a-\(host)"},\(who)"wallwatch":{\(members)}}
            """.utf8)
    }

    static let nft =
        #"{"pid":812,"name":"nft","executable":"/usr/sbin/nft","command_line":"nft flush ruleset","user":{"id":"0","name":"root"}}"#

    static func figure(_ before: Int, _ after: Int) -> String {
        "{\"before\":\(before),\"after\":\(after),\"delta\":\(after - before)}"
    }

    static func change(
        _ sequence: Int, second: Int, effective: (Int, Int), operations: String, count: Int = 1, netns: String = "7",
        action: String = "firewall-changed", process: String? = nft, more: String = ""
    ) -> [UInt8] {
        line(
            action, sequence, second: second,
            """
            \(more)"change":{"backend":"nftables","netns":{"id":"\(netns)","is_host":\(netns == "7")},"operations":[\(operations)],\
            "operations_count":\(count),"rules":\(figure(effective.0, effective.1)),\
            "effective_rules":\(figure(effective.0, effective.1)),"blocking_rules":\(figure(0, 0))}
            """, process: process)
    }

    static func operation(_ op: String, chain: String? = "input", table: String? = "filter", count: Int? = nil)
        -> String
    {
        let place = [
            table.map { "\"table\":\"\($0)\"" }, chain.map { "\"chain\":\"\($0)\"" }, count.map { "\"count\":\($0)" },
        ]
        .compactMap { $0 }.map { ",\($0)" }.joined()
        return "{\"op\":\"\(op)\",\"family\":\"inet\"\(place)}"
    }

    static func state(_ sequence: Int, second: Int, _ chains: [(String, Int, Int)], count: Int? = nil) -> [UInt8] {
        let list = chains.map {
            "{\"backend\":\"nftables\",\"family\":\"inet\",\"table\":\"filter\",\"chain\":\"\($0.0)\",\"rules\":\($0.1),\"effective_rules\":\($0.2)}"
        }
        let effective = chains.reduce(0) { $0 + $1.2 }
        return line(
            "firewall-state", sequence, second: second,
            """
            "state":{"netns":{"id":"7","is_host":true},"rules":\(chains.reduce(0) { $0 + $1.1 }),"effective_rules":\(effective),\
            "chains_count":\(count ?? chains.count),"chains":[\(list.joined(separator: ","))]}
            """, process: nil)
    }

    static func alert(_ sequence: Int, second: Int, _ id: String, _ state: String, score: Int, changes: [String])
        -> [UInt8]
    {
        line(
            "firewall-alert", sequence, second: second,
            """
            "alert":{"id":"\(id)","state":"\(state)","score":\(score),"netns":{"id":"7","is_host":true},\
            "changes":[\(changes.map { "\"\($0)\"" }.joined(separator: ","))],"effective_rules":\(figure(3, 0))}
            """)
    }
}

extension Report {
    static func of(_ lines: [UInt8]..., since: Int? = nil, until: Int? = nil) -> JSONValue {
        var report = Report(since: since, until: until)
        for line in lines { report.take(line) }
        return report.data(version: "1", at: Timestamp(seconds: 0, nanoseconds: 0))
    }
}

extension JSONValue {
    /// Also by place in an array: `changes.0.3`.
    func at(_ path: String) -> JSONValue? {
        var value = self
        for key in path.split(separator: ".") {
            if case .array(let elements) = value, let index = Int(key), elements.indices.contains(index) {
                value = elements[index]
            } else if let next = value[String(key)] {
                value = next
            } else {
                return nil
            }
        }
        return value
    }

    func figure(_ path: String) -> Int? { if case .number(let number)? = at(path) { Int(number) } else { nil } }

    func word(_ path: String) -> String? { if case .text(let text)? = at(path) { text } else { nil } }
}
