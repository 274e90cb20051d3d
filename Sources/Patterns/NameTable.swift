/// Values by short names, for what is asked of every program that begins and that hardly any has: a name whose first byte no
/// entry of its length has is turned away without being hashed.
package struct NameTable<Value: Sendable>: Sendable {
    @usableFromInline
    let filter: NameFilter
    @usableFromInline
    let values: [[UInt8]: Value]

    package init(_ values: [[UInt8]: Value]) {
        self.values = values
        filter = NameFilter(values.keys)
    }

    package init(_ values: [String: Value]) {
        self.init(Dictionary(uniqueKeysWithValues: values.map { (Array($0.utf8), $1) }))
    }

    @inlinable
    package subscript(name: ArraySlice<UInt8>) -> Value? {
        filter.mayHold(name) ? values[Array(name)] : nil
    }
}

/// Names, asked for in the same way.
package struct NameSet: Sendable {
    private let filter: NameFilter
    private let names: Set<[UInt8]>

    package init(_ names: [String]) {
        self.names = Set(names.map { Array($0.utf8) })
        filter = NameFilter(self.names)
    }

    package func contains(_ name: ArraySlice<UInt8>) -> Bool {
        filter.mayHold(name) && names.contains(Array(name))
    }
}

/// Which first bytes the names of each length have.
@usableFromInline
struct NameFilter: Sendable {
    /// By length, all above 62 in the last: a bit for each first byte, modulo 64.
    @usableFromInline
    let firsts: [UInt64]

    init(_ names: some Collection<[UInt8]>) {
        var firsts = [UInt64](repeating: 0, count: 64)
        for name in names { firsts[Self.place(of: name[...])] |= Self.bit(of: name[...]) }
        self.firsts = firsts
    }

    @inlinable
    func mayHold(_ name: ArraySlice<UInt8>) -> Bool { firsts[Self.place(of: name)] & Self.bit(of: name) != 0 }

    @inlinable
    static func place(of name: ArraySlice<UInt8>) -> Int { min(name.count, 63) }

    @inlinable
    static func bit(of name: ArraySlice<UInt8>) -> UInt64 { 1 << UInt64((name.first ?? 0) & 63) }
}
