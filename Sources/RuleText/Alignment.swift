/// Which line of a listing without handles belongs to which rule, by place, while others write: `before` and `after` are
/// the rules that stood before and after the listing was made.
///
/// Nobody can tell if rules came or went in the middle meanwhile. Where they did at one end only, those that stood all the
/// time are known.
package func aligned(_ lines: [String], before: [UInt64], after: [UInt64]) -> [(rule: UInt64, line: String)] {
    let (fewer, more) = before.count <= after.count ? (before, after) : (after, before)
    guard (fewer.count...more.count).contains(lines.count) else { return [] }
    if more.starts(with: fewer) { return zip(fewer, lines).map { ($0, $1) } }
    if more.suffix(fewer.count).elementsEqual(fewer) { return zip(fewer, lines.suffix(fewer.count)).map { ($0, $1) } }
    return []
}
