import Diagnostics
import Model
import YAML

/// What is to be said of sets when all files are read: those defined twice, unknown ones, and cycles.
struct SetCheck {
    /// A use of a set within a set.
    private struct Edge {
        var target: String
        var file: Int
        var value: Node
    }
    private var sets: [String: AccountSet] = [:]
    /// The sets in reading order.
    private var names: [String] = []
    private var edges: [String: [Edge]] = [:]

    /// Notes errors in the readings; returns the sets by name, of those defined twice the first.
    static func run(on readings: inout [FileReading]) -> [String: AccountSet] {
        var check = SetCheck()
        check.collect(&readings)
        check.unknown(&readings)
        check.cycles(&readings)
        return check.sets
    }

    private mutating func collect(_ readings: inout [FileReading]) {
        for file in readings.indices {
            for reading in readings[file].sets {
                guard let first = sets[reading.set.name] else {
                    sets[reading.set.name] = reading.set
                    names.append(reading.set.name)
                    continue
                }
                guard !reading.isDoubledKey else { continue }
                let message = "this set is defined twice; the first is in \(first.place.file), line \(first.place.line)"
                readings[file].checker.report(message, at: reading.key)
            }
        }
    }

    private mutating func unknown(_ readings: inout [FileReading]) {
        let mayBeHidden = readings.contains { $0.mayHideSets }
        // Each suggestion compares with all names, so a large mapping with many unknown ones gets a few.
        var suggestions = 100
        for file in readings.indices {
            for use in readings[file].setUses {
                if sets[use.name] != nil {
                    if let owner = use.owner {
                        edges[owner, default: []].append(Edge(target: use.name, file: file, value: use.value))
                    }
                } else if !mayBeHidden {
                    suggestions -= 1
                    readings[file].checker.report(
                        "there is no set of this name under `accounts` in any file",
                        at: use.value,
                        suggestion: suggestions >= 0 ? suggestion(for: use.name, among: names) : nil
                    )
                }
            }
        }
    }

    /// A set on the way from the first one, and the next of its edges to be followed.
    private struct Step {
        var name: String
        var nextEdge = 0
    }

    /// Walks the sets depth first, without recursion, and reports each way that leads back onto itself.
    private func cycles(_ readings: inout [FileReading]) {
        var done: Set<String> = []
        for start in names where !done.contains(start) {
            var path = [Step(name: start)]
            var onPath: [String: Int] = [start: 0]
            while let step = path.last {
                let outgoing = edges[step.name] ?? []
                guard step.nextEdge < outgoing.count else {
                    done.insert(step.name)
                    onPath[step.name] = nil
                    path.removeLast()
                    continue
                }
                path[path.count - 1].nextEdge += 1
                let target = outgoing[step.nextEdge].target
                if let back = onPath[target] {
                    report(path[back...].map { (edges[$0.name] ?? [])[$0.nextEdge - 1] }, &readings)
                } else if !done.contains(target) {
                    onPath[target] = path.count
                    path.append(Step(name: target))
                }
            }
        }
    }

    private func report(_ cycle: [Edge], _ readings: inout [FileReading]) {
        let first = cycle.min { ($0.file, $0.value.start) < ($1.file, $1.value.start) }
        guard let first else { return }
        let way = cycle.count == 1 ? "this set uses itself" : "sets use each other in a circle of \(cycle.count)"
        readings[first.file].checker.report("\(way); take one of them out", at: first.value)
    }
}
