/// A moment, as the kernel gives it: seconds since 1970 and nanoseconds, UTC, leap seconds unseen.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int64
    /// Nanoseconds after that, 0 to 999,999,999.
    public let nanoseconds: Int32

    /// What RFC 3339 can spell: the years 0000 to 9999.
    public static let spellable: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// Nanoseconds beyond a second are carried over; what RFC 3339 cannot spell becomes the nearest that it can.
    public init(seconds: Int64, nanoseconds: Int32) {
        let (carry, rest) = Int64(nanoseconds).flooredDivision(by: 1_000_000_000)
        let (sum, overflow) = seconds.addingReportingOverflow(carry)
        let clamped = min(max(overflow ? seconds : sum, Self.spellable.lowerBound), Self.spellable.upperBound)
        self.seconds = clamped
        self.nanoseconds = Int32(truncatingIfNeeded: rest)
    }

    /// A moment in nanoseconds since 1970.
    package init(since1970 time: Int64) {
        let (seconds, nanoseconds) = time.flooredDivision(by: 1_000_000_000)
        self.init(seconds: seconds, nanoseconds: Int32(truncatingIfNeeded: nanoseconds))
    }

    /// Earlier is smaller.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// Appends `2026-11-23T23:51:28.000000001Z`, always 30 bytes.
    public func append(to bytes: inout [UInt8]) {
        let (days, second) = seconds.flooredDivision(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        func number(_ value: Int64, _ width: Int, then separator: Unicode.Scalar) {
            Decimal.append(UInt64(value.magnitude), width: width, to: &bytes)
            bytes.append(UInt8(ascii: separator))
        }
        number(date.year, 4, then: "-")
        number(date.month, 2, then: "-")
        number(date.day, 2, then: "T")
        number(second / 3600, 2, then: ":")
        number(second / 60 % 60, 2, then: ":")
        number(second % 60, 2, then: ".")
        number(Int64(nanoseconds), 9, then: "Z")
    }
}

extension Timestamp: CustomStringConvertible {
    /// As RFC 3339.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A day of the Gregorian calendar.
package struct CivilDate: Equatable {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Howard Hinnant's `civil_from_days`: eras of 400 years that begin on 1 March.
    init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let leaps = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leaps) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// And back: his `days_from_civil`. A day beyond the end of its month is one of the next.
    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
        let (era, yearOfEra) = Int64(month <= 2 ? year - 1 : year).flooredDivision(by: 400)
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    /// Quotient rounded down, and the remainder that is never negative. The divisor is positive.
    func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
