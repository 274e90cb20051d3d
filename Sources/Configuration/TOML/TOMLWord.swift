/// The grammar of TOML's numbers and truth values (toml.io, version 1.0.0).
enum TOMLWord {
    static func isValid(_ word: ArraySlice<UInt8>) -> Bool {
        switch String(decoding: word.prefix(6), as: UTF8.self) {
        case "true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan": return true
        default: break
        }
        if word.starts(with: Array("0x".utf8)) { return isRun(word.dropFirst(2), TOMLScanner.isHexDigit) }
        if word.starts(with: Array("0o".utf8)) { return isRun(word.dropFirst(2)) { (0x30...0x37).contains($0) } }
        if word.starts(with: Array("0b".utf8)) { return isRun(word.dropFirst(2)) { (0x30...0x31).contains($0) } }
        return isDecimal(word)
    }

    /// `-12_000.5e+3`, the point and the exponent optional.
    private static func isDecimal(_ word: ArraySlice<UInt8>) -> Bool {
        let mantissa = word.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        let whole = unsigned(mantissa.prefix { $0 != UInt8(ascii: ".") })
        guard isRun(whole, TOMLScanner.isDigit), whole.count == 1 || whole.first != UInt8(ascii: "0") else {
            return false
        }
        if let point = mantissa.firstIndex(of: UInt8(ascii: ".")),
            !isRun(mantissa[(point + 1)...], TOMLScanner.isDigit)
        {
            return false
        }
        return mantissa.count == word.count
            || isRun(unsigned(word[(mantissa.endIndex + 1)...]), TOMLScanner.isDigit)
    }

    private static func unsigned(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-") ? word.dropFirst() : word
    }

    /// Digits, with single underscores between them.
    private static func isRun(_ word: ArraySlice<UInt8>, _ isDigit: (UInt8) -> Bool) -> Bool {
        word.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }
}
