/// What a script of nft includes.
enum NFTIncludes {
    /// How many of one script are heeded.
    private static let limit = 64

    /// The patterns of its `include` lines. nft looks for a relative one in /etc, unless it begins with a dot.
    static func patterns(in text: String, at path: BytePath) -> [String] {
        var found: [String] = []
        for line in text.split(separator: "\n") where found.count < limit {
            let words = line.drop { $0 == " " || $0 == "\t" }
            guard words.hasPrefix("include") else { continue }
            let rest = words.dropFirst("include".count).drop { $0 == " " || $0 == "\t" }
            guard let quote = rest.first, quote == "\"" || quote == "'",
                let end = rest.dropFirst().firstIndex(of: quote)
            else { continue }
            let pattern = String(rest[rest.index(after: rest.startIndex)..<end])
            guard !pattern.isEmpty else { continue }
            if pattern.hasPrefix("/") {
                found.append(pattern)
            } else if !pattern.hasPrefix(".") {
                found.append("/etc/\(pattern)")
            } else {
                // From where the unit starts nft: the root folder.
                found.append(BytePath("/" + pattern).text)
            }
        }
        return found
    }
}
