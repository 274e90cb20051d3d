extension Span<UInt8> {
    /// Where the bytes that a JSON string takes unchanged end, eight at a time.
    func endOfPlainRun(from start: Int) -> Int {
        var index = start
        while index + 8 <= count {
            // In bounds by the condition above; any eight bytes are a UInt64.
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            if !word.isPlain { break }
            index += 8
        }
        while index < count, self[index].isPlain { index += 1 }
        return index
    }

    /// The length of the well-formed UTF-8 sequence of two to four bytes at `index`, if there is one.
    ///
    /// Unicode 16, table 3-7: the second byte's range depends on the first.
    func lengthOfScalar(at index: Int) -> Int? {
        let second: ClosedRange<UInt8>
        let length: Int
        switch self[index] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + length <= count, second ~= self[index + 1] else { return nil }
        for offset in 2..<max(2, length) where self[index + offset] & 0xC0 != 0x80 { return nil }
        return length
    }
}

extension [UInt8] {
    /// Appends a part of `source` in one copy.
    mutating func append(contentsOf source: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        unsafe source.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension UInt8 {
    /// Whether a JSON string takes this byte unchanged, whatever is beside it.
    var isPlain: Bool {
        self >= 0x20 && self < Ascii.delete && self != Ascii.quote && self != Ascii.backslash
    }
}

extension UInt64 {
    /// Whether all eight bytes are plain. It may say no wrongly, never yes.
    fileprivate var isPlain: Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let belowSpace = (self &- ones &* 0x20) & ~self
        let quote = (self ^ ones &* UInt64(Ascii.quote)) &- ones
        let backslash = (self ^ ones &* UInt64(Ascii.backslash)) &- ones
        let delete = (self ^ ones &* UInt64(Ascii.delete)) &- ones
        return (self | belowSpace | quote | backslash | delete) & tops == 0
    }
}
