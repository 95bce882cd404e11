/// The known name nearest to one that is not known, within `max(1, length / 3)` edits; nil where none is near.
func nearest(to name: String, in known: [String]) -> String? {
    let allowed = max(1, name.count / 3)
    let distances = known.map { (name: $0, distance: editDistance(name, $0)) }
    guard let best = distances.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
    return best.distance <= allowed ? best.name : nil
}

/// How many characters have to be put in, taken out, replaced, or swapped with the next (optimal string alignment).
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.prefix(80))
    let right = Array(right.prefix(80))
    var before: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
            var best = min(last[column + 1] + 1, current[column] + 1, replaced)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, before[column - 1] + 1)
            }
            current.append(best)
        }
        before = last
        last = current
    }
    return last[right.count]
}
