internal import JSON

extension Reader<Int64> {
    /// A moment as RFC 3339 has it, in seconds since 1970.
    static var moment: Reader {
        Reader(expected: "a moment as \"2026-11-30T22:00:00+01:00\"") { value in
            if case .string(let text) = value { Moment.seconds(text) } else { nil }
        }
    }
}

/// Moments as people write them.
package enum Moment {
    /// `2026-11-30T22:00:00+01:00`; seconds may be left out, `Z` is UTC. nil: it is none.
    package static func seconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        func number(_ digits: Int, _ range: ClosedRange<Int>) -> Int? {
            let part = rest.prefix(digits)
            guard part.count == digits, part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                return nil
            }
            rest = rest.dropFirst(digits)
            let value = part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            return range.contains(value) ? value : nil
        }
        func take(_ characters: String) -> UInt8? {
            guard let first = rest.first, characters.utf8.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }
        guard let year = number(4, 1970...9999), take("-") != nil, let month = number(2, 1...12), take("-") != nil,
            let day = number(2, 1...31), day <= days(in: month, year), take("Tt ") != nil,
            let hour = number(2, 0...23), take(":") != nil, let minute = number(2, 0...59)
        else { return nil }
        var second = 0
        if take(":") != nil {
            guard let found = number(2, 0...59) else { return nil }
            second = found
        }
        var offset = 0
        guard let sign = take("Zz+-") else { return nil }
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            guard let hours = number(2, 0...23), take(":") != nil, let minutes = number(2, 0...59) else { return nil }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
        }
        guard rest.isEmpty else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        return days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
    }

    /// The same in UTC, to the minute.
    static func text(_ seconds: Int64) -> String {
        String("\(Timestamp(seconds: seconds, nanoseconds: 0))".prefix(16)) + "Z"
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(in month: Int, _ year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
