// What libFuzzer calls, which has the main function. It fuzzes the target that it is called by, as in
// `.build/fuzz/RecordFuzz CORPUS`; called by `write-seeds` it writes seeds (``SeedWriter``).

import Glibc
import SystemPackage

nonisolated(unsafe) private var target: any FuzzTarget.Type = RecordFuzz.self

/// Once, before all else.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let path = arguments.pointee.pointee.map { String(cString: $0) } ?? ""
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    if name == "write-seeds" {
        SeedWriter.write(into: FilePath(CommandLine.arguments.last ?? ""))
        exit(0)
    }
    guard let wanted = fuzzTargets.first(where: { "\($0)" == name }) else {
        fatalError("called by the name of no target: \(name)")
    }
    target = wanted
    return 0
}

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        _ = try target.take(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: data, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// Half of the time a number in the input, if it is a text, becomes another: bytes turned at random hardly ever make one that
/// is valid and extreme.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutateInput(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32) -> Int {
    guard seed % 2 == 0, target.isText else { return mutateBytes(data, count, most) }
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let starts = bytes.indices.filter {
        isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1]) && bytes[$0 - 1] != UInt8(ascii: "-"))
    }
    guard !starts.isEmpty else { return mutateBytes(data, count, most) }
    let start = starts[Int(seed / 64) % starts.count]
    let number = Array(extremes[Int(seed / 2) % extremes.count].utf8)
    let result = bytes[..<start] + number + bytes[start...].drop(while: isDigit)
    guard result.count <= most else { return mutateBytes(data, count, most) }
    for (index, byte) in result.enumerated() { data[index] = byte }
    return result.count
}

private let extremes = [
    "0", "1", "-1", "2", "48", "255", "4294967295", "4294967296", "9007199254740993", "9223372036854775807",
    "-9223372036854775808", "4611686018427387904", "18446744073709551615", "1e18", "0.5", "[]", "null", "1795737600",
]

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// What libFuzzer does of its own.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int
