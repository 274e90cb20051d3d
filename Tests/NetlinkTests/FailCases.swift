import Glibc

/// The inputs kept in Fuzz/FailCases: every one crashed or hung a decoder once.
func failCases(file: String = #filePath) throws -> [[UInt8]] {
    let root = file.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let folder = "\(root)/Fuzz/FailCases"
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var inputs: [[UInt8]] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard !name.hasPrefix("."), let stream = fopen("\(folder)/\(name)", "r") else { continue }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, stream))
        inputs.append(bytes)
    }
    return inputs
}
