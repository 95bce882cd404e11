/// The name among candidates that was perhaps meant; of equally near ones the first.
///
/// - Returns: the nearest candidate that ``isNear(_:_:)``; nil where none is, or the name itself is a candidate.
public func suggestion(for name: String, among candidates: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        guard let distance = nearDistance(name, candidate), distance > 0 else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// Whether a written name is within edit distance max(1, length ÷ 3) of another, length being that of the written one.
public func isNear(_ written: String, _ other: String) -> Bool { nearDistance(written, other) != nil }

private func nearDistance(_ written: String, _ other: String) -> Int? {
    let from = Array(written.unicodeScalars)
    let to = Array(other.unicodeScalars)
    let limit = max(1, from.count / 3)
    guard abs(from.count - to.count) <= limit else { return nil }
    let distance = editDistance(from, to)
    return distance <= limit ? distance : nil
}

/// The least number of code points inserted, removed or replaced that makes one text of the other (Levenshtein).
private func editDistance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
    var previous = Array(0...to.count)
    for (row, scalar) in from.enumerated() {
        var current = [row + 1]
        for (column, other) in to.enumerated() {
            let replaced = previous[column] + (scalar == other ? 0 : 1)
            current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[to.count]
}
