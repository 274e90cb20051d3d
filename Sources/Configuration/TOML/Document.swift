internal import TOMLKit

/// From the bytes of a file to nodes with places.
enum Document {
    /// No configuration is longer.
    static let maximumBytes = 1 << 20

    /// The root table, or nil after a report.
    static func parse(_ bytes: [UInt8], _ diagnostics: inout Diagnostics) -> Node? {
        guard let text = checkedText(bytes, &diagnostics) else { return nil }
        let outline = Outline(of: bytes)
        if let stop = outline.stop {
            diagnostics.report(at: stop.offset, stop.message)
            return nil
        }
        do {
            let table = try TOMLTable(string: text)
            return Node(value: .table(members(of: table, [], outline)), place: Node.Place(key: 0, value: 0))
        } catch {
            report(error, &diagnostics)
            return nil
        }
    }

    /// What TOMLKit may be given: of bounded length, UTF-8, without NUL.
    private static func checkedText(_ bytes: [UInt8], _ diagnostics: inout Diagnostics) -> String? {
        guard bytes.count <= maximumBytes else {
            diagnostics.report(
                line: 1, column: 1, "found more than \(maximumBytes) bytes, expected a smaller configuration file")
            return nil
        }
        if let nul = bytes.firstIndex(of: 0) {
            diagnostics.report(at: nul, "found a NUL byte, expected text")
            return nil
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        // Up to the fault the text is the same as with the fault replaced.
        let repaired = String(decoding: bytes, as: UTF8.self).utf8
        let fault = zip(bytes, repaired).prefix { $0 == $1 }.count
        diagnostics.report(at: fault, "found bytes that are not UTF-8, expected UTF-8 text")
        return nil
    }

    private static func report(_ error: any Error, _ diagnostics: inout Diagnostics) {
        guard let error = error as? TOMLParseError else {
            return diagnostics.report(line: 1, column: 1, "found what is not TOML: \(error)")
        }
        let place = error.source.begin
        diagnostics.report(line: max(1, place.line), column: max(1, place.column), "not TOML: \(error.description)")
    }

    private static func members(of table: TOMLTable, _ path: [Outline.Step], _ outline: Outline) -> [Node.Member] {
        table.keys.compactMap { key in
            guard let value = table[key]?.tomlValue else { return nil }
            return Node.Member(key: key, node: node(value, path + [.key(key)], outline))
        }.sorted { $0.node.place.key < $1.node.place.key }
    }

    private static func node(_ value: TOMLValue, _ path: [Outline.Step], _ outline: Outline) -> Node {
        let parent = path.indices.reversed().lazy.compactMap { outline.places[Array(path[...$0])] }.first
        return Node(value: content(value, path, outline), place: parent ?? Node.Place(key: 0, value: 0))
    }

    private static func content(_ value: TOMLValue, _ path: [Outline.Step], _ outline: Outline) -> Node.Value {
        if let text = value.string { return .string(text) }
        if let number = value.int { return .integer(number) }
        if let truth = value.bool { return .boolean(truth) }
        if let number = value.double { return .float(number) }
        if let table = value.table { return .table(members(of: table, path, outline)) }
        guard let array = value.array else { return .date }
        let nodes = (0..<array.count).map { index in
            node(array[index].tomlValue, path + [.index(index)], outline)
        }
        return .array(nodes)
    }
}
