/// Turns a value of the file into one of a setting, or reports why not.
struct Reader<Value> {
    /// What it accepts, to follow "expected".
    let expected: String
    private let convert: (Node, _ path: String, inout Diagnostics) -> Value?

    /// The value, or nil after a report.
    func read(_ node: Node, _ path: String, _ diagnostics: inout Diagnostics) -> Value? {
        convert(node, path, &diagnostics)
    }

    /// A reader that reports for itself.
    init(expected: String, reporting convert: @escaping (Node, _ path: String, inout Diagnostics) -> Value?) {
        self.expected = expected
        self.convert = convert
    }

    /// A reader for which nil says "not what I expected".
    init(expected: String, _ convert: @escaping (Node.Value) -> Value?) {
        self.init(expected: expected) { node, path, diagnostics in
            if let value = convert(node.value) { return value }
            diagnostics.report(at: node.place.value, "found \(node.found) for \(path), expected \(expected)")
            return nil
        }
    }
}

extension Reader<Bool> {
    /// `true` or `false`.
    static var boolean: Reader {
        Reader(expected: "true or false") { if case .boolean(let value) = $0 { value } else { nil } }
    }
}

extension Reader<Int> {
    /// An integer within bounds.
    static func integer(_ range: ClosedRange<Int>) -> Reader {
        Reader(expected: "an integer from \(range.lowerBound) to \(range.upperBound)") { value in
            if case .integer(let number) = value, range.contains(number) { number } else { nil }
        }
    }

    /// A number of bytes: an integer, or a string with a unit.
    static func size(_ range: ClosedRange<Int>, powerOfTwo: Bool = false) -> Reader {
        let what = powerOfTwo ? "a power of two" : "a size"
        let bounds = "from \(Quantity.spell(bytes: range.lowerBound)) to \(Quantity.spell(bytes: range.upperBound))"
        return Reader(expected: "\(what) \(bounds), such as 65536 or \"64KiB\"") { value in
            guard let size = bytes(value), range.contains(size), !powerOfTwo || size & (size - 1) == 0 else {
                return nil
            }
            return size
        }
    }

    /// The same, or 0 for none.
    static func sizeOrNone(_ range: ClosedRange<Int>) -> Reader {
        Reader(expected: "0 for none, or \(size(range).expected)") { value in
            bytes(value).flatMap { $0 == 0 || range.contains($0) ? $0 : nil }
        }
    }

    private static func bytes(_ value: Node.Value) -> Int? {
        switch value {
        case .integer(let number): number
        case .string(let text): Quantity.bytes(text)
        default: nil
        }
    }
}

extension Reader<Duration> {
    /// A whole number and a unit.
    static func duration(_ range: ClosedRange<Duration>) -> Reader {
        let bounds = "from \(Quantity.spell(range.lowerBound)) to \(Quantity.spell(range.upperBound))"
        return Reader(expected: "a duration \(bounds), such as \"500ms\", \"30s\", \"10m\", \"1h\" or \"2d\"") {
            value in
            guard case .string(let text) = value, let duration = Quantity.duration(text) else { return nil }
            return range.contains(duration) ? duration : nil
        }
    }
}

extension Reader where Value: RawRepresentable<String> & CaseIterable {
    /// One of the cases by name.
    static var choice: Reader {
        let names = Value.allCases.map { "\"\($0.rawValue)\"" }
        return Reader(expected: names.joinedAsChoice) { value in
            if case .string(let text) = value { Value(rawValue: text) } else { nil }
        }
    }
}

extension Reader {
    /// An array of distinct values, at least one.
    static func set<Element: Hashable>(of element: Reader<Element>) -> Reader where Value == Set<Element> {
        let expected = "an array of at least one of \(element.expected)"
        return Reader(expected: expected) { (node, path, diagnostics) -> Value? in
            guard case .array(let nodes) = node.value, !nodes.isEmpty else {
                let found = if case .array = node.value { "an empty array" } else { node.found }
                diagnostics.report(at: node.place.value, "found \(found) for \(path), expected \(expected)")
                return nil
            }
            let values = nodes.compactMap { element.read($0, path, &diagnostics) }
            return values.count == nodes.count ? Set(values) : nil
        }
    }
}

extension Reader {
    /// One value, or an array of at least one.
    static func someOf<Element>(_ element: Reader<Element>) -> Reader where Value == [Element] {
        Reader(expected: "\(element.expected), or an array of such") { (node, path, diagnostics) -> Value? in
            guard case .array(let nodes) = node.value, !nodes.isEmpty else {
                return element.read(node, path, &diagnostics).map { [$0] }
            }
            let values = nodes.compactMap { element.read($0, path, &diagnostics) }
            return values.count == nodes.count ? values : nil
        }
    }

    /// An array, which may be empty, in its order.
    static func list<Element>(of element: Reader<Element>) -> Reader where Value == [Element] {
        let expected = "an array, each of it \(element.expected)"
        return Reader(expected: expected) { (node, path, diagnostics) -> Value? in
            guard case .array(let nodes) = node.value else {
                diagnostics.report(at: node.place.value, "found \(node.found) for \(path), expected \(expected)")
                return nil
            }
            let values = nodes.compactMap { element.read($0, path, &diagnostics) }
            return values.count == nodes.count ? values : nil
        }
    }
}

extension [String] {
    /// `a, b or c`
    fileprivate var joinedAsChoice: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " or " + last
    }
}
