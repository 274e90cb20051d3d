import JSON
import TestSupport
import Testing

@Suite struct `A timestamp` {
    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000000000Z"),
            (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.000000001Z"),
            (1_709_164_800, 120, "2024-02-29T00:00:00.000000120Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000000Z"),
            (2_147_483_647, 0, "2038-01-19T03:14:07.000000000Z"),
            (1_795_478_400 - 1, 5_000, "2026-11-23T23:59:59.000005000Z"),
            (-2_208_988_800, 0, "1900-01-01T00:00:00.000000000Z"),
            (-62_167_219_200, 0, "0000-01-01T00:00:00.000000000Z"),
            (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
        ] as [(Int64, Int32, String)])
    func `is spelled as RFC 3339`(seconds: Int64, nanoseconds: Int32, text: String) {
        #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).description == text)
    }

    @Test func `carries nanoseconds over and stays within what can be spelled`() {
        #expect(Timestamp(seconds: 1, nanoseconds: -1) == Timestamp(seconds: 0, nanoseconds: 999_999_999))
        #expect(Timestamp(seconds: 1, nanoseconds: .max).seconds == 3)
        #expect(Timestamp(seconds: .max, nanoseconds: .max).description.hasPrefix("9999-12-31T23:59:59"))
        #expect(Timestamp(seconds: .min, nanoseconds: .min).description.hasPrefix("0000-01-01T00:00:00"))
    }

    @Test func `comes back from its text on random days`() {
        var random = SplitMix(seed: 4)
        for _ in 0..<20_000 {
            let seconds = Int64.random(in: Timestamp.spellable, using: &random)
            let time = Timestamp(seconds: seconds, nanoseconds: .random(in: 0...999_999_999, using: &random))
            let text = time.description
            #expect(text.utf8.count == 30)
            let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
            #expect(numbers.count == 7)
            let day = daysSince1970(numbers[0], numbers[1], numbers[2])
            #expect(day * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5] == seconds)
            #expect(numbers[6] == Int64(time.nanoseconds))
        }
    }

    /// By counting, unlike the code under test: days of the years before, of the months before.
    private func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let before = year - 1
        let leaps = before / 4 - before / 100 + before / 400 + (year == 0 ? -1 : 0)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let months: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return before * 365 + leaps + months.prefix(Int(month) - 1).reduce(0, +) + day - 1 - 719_162
    }
}
