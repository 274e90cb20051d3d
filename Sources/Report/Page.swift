internal import Crypto

/// The page around the data: one file that asks nobody for anything.
enum Page {
    /// What makes it up, in this order, from Page/.
    private static let script = [
        PackageResources.text_js, PackageResources.data_js, PackageResources.chart_js, PackageResources.details_js,
        PackageResources.tables_js, PackageResources.page_js,
    ].flatMap { $0 }
    private static let style = PackageResources.page_css

    /// `data`: JSON in which no `<` is left.
    static func bytes(data: [UInt8]) -> [UInt8] {
        var page: [UInt8] = []
        var rest = PackageResources.page_html[...]
        // The page's own text has these marks once each, in this order; nothing that is put in is looked through.
        for (mark, text) in [
            ("{{policy}}", Array(policy.utf8)), ("{{style}}", style), ("{{data}}", data), ("{{script}}", script),
        ] {
            guard let range = rest.firstRange(of: Array(mark.utf8)) else { continue }
            page += rest[..<range.lowerBound]
            page += text
            rest = rest[range.upperBound...]
        }
        return page + rest
    }

    /// Only this script and this style, nothing from anywhere, and no text that would become markup.
    private static var policy: String {
        "default-src 'none'; script-src \(hash(script)); style-src \(hash(style)); base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    }

    private static func hash(_ bytes: [UInt8]) -> String {
        "'sha256-\(Base64.text(SHA256.hash(data: bytes).map { $0 }))'"
    }
}

/// RFC 4648, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(0) { $0 << 8 | Int($1) } << ((3 - part.count) * 8)
            for place in 0..<4 {
                text.append(place > part.count ? UInt8(ascii: "=") : alphabet[word >> (18 - 6 * place) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
