extension Timestamp {
    /// Reads what ``append(to:)`` writes: RFC 3339 in UTC, with any digits of a second. nil: it is something else.
    package init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        func number(_ digits: Int, _ range: ClosedRange<Int>) -> Int? {
            let part = rest.prefix(digits)
            guard part.count == digits, part.allSatisfy({ $0 &- Ascii.zero < 10 }) else { return nil }
            rest = rest.dropFirst(digits)
            let value = part.reduce(0) { $0 * 10 + Int($1 - Ascii.zero) }
            return range.contains(value) ? value : nil
        }
        func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4, 0...9999), take("-"), let month = number(2, 1...12), take("-"),
            let day = number(2, 1...31), take("T"), let hour = number(2, 0...23), take(":"),
            let minute = number(2, 0...59), take(":"), let second = number(2, 0...60)
        else { return nil }
        var nanoseconds = 0
        if take(".") {
            var unit = 100_000_000
            guard let first = rest.first, first &- Ascii.zero < 10 else { return nil }
            while let digit = rest.first, digit &- Ascii.zero < 10 {
                nanoseconds += Int(digit - Ascii.zero) * unit
                unit /= 10
                rest = rest.dropFirst()
            }
        }
        guard take("Z"), rest.isEmpty else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        self.init(seconds: days * 86_400 + Int64(hour * 3600 + minute * 60 + second), nanoseconds: Int32(nanoseconds))
    }

    /// Microseconds since 1970, which every reader of JSON keeps exact.
    package var microseconds: Int { Int(seconds) * 1_000_000 + Int(nanoseconds / 1000) }
}
