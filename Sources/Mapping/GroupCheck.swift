import Model
import YAML

/// What is to be said of groups when all files are read: those defined twice, and `formerly`.
struct GroupCheck {
    /// A group by its file and its place in that file's list.
    private struct Reference {
        var file: Int
        var index: Int
    }
    /// The groups by folded name, and all in reading order.
    private var byName: [String: Int] = [:]
    private var groups: [Reference] = []

    /// Notes errors in the readings; returns the groups in reading order, each name once.
    static func run(on readings: inout [FileReading]) -> [GroupMapping] {
        var check = GroupCheck()
        check.collect(&readings)
        check.formerly(&readings)
        return check.groups.map { readings[$0.file].groups[$0.index].mapping }
    }

    private mutating func collect(_ readings: inout [FileReading]) {
        for file in readings.indices {
            for index in readings[file].groups.indices {
                let group = readings[file].groups[index]
                if let first = byName[group.mapping.name.folded] {
                    report(group, definedAt: groups[first], in: file, &readings)
                } else {
                    byName[group.mapping.name.folded] = groups.count
                    groups.append(Reference(file: file, index: index))
                }
            }
        }
    }

    private func report(
        _ group: FileReading.Group,
        definedAt first: Reference,
        in file: Int,
        _ readings: inout [FileReading]
    ) {
        guard !group.isDoubledKey else { return }
        let other = readings[first.file].groups[first.index].mapping
        let note = other.name == group.mapping.name ? "" : " (names that differ only in case are one)"
        readings[file].checker.report(
            "this group is defined twice\(note); the first is in \(other.place.file), line \(other.place.line)",
            at: group.key
        )
    }

    /// Cycles, names that are groups themselves, names that two groups had.
    private func formerly(_ readings: inout [FileReading]) {
        let inCycle = cycles(&readings)
        var users: [String: Place] = [:]
        for (number, reference) in groups.enumerated() where !inCycle.contains(number) {
            guard let (old, entry) = former(of: reference, readings) else { continue }
            let file = reference.file
            if byName[old.folded] != nil {
                let message = "`formerly` names a group that is itself a key under `groups`; remove one of the two"
                readings[file].checker.report(message, at: entry.value)
            } else if let first = users[old.folded] {
                let message = "`formerly` names a group that \(first.file), line \(first.line) names already"
                readings[file].checker.report(message, at: entry.value)
            }
            if users[old.folded] == nil { users[old.folded] = readings[file].place(entry.value) }
        }
    }

    private func former(of reference: Reference, _ readings: [FileReading]) -> (name: String, entry: Fields.Entry)? {
        let group = readings[reference.file].groups[reference.index]
        guard let entry = group.formerly, let old = group.mapping.formerly?.value else { return nil }
        return (old, entry)
    }

    /// Reports each cycle at its first `formerly` and returns the groups that are in one.
    private func cycles(_ readings: inout [FileReading]) -> Set<Int> {
        let next = groups.map { former(of: $0, readings).flatMap { byName[$0.name.folded] } }
        var walkOf = [Int?](repeating: nil, count: groups.count)
        var inCycle: Set<Int> = []
        for start in groups.indices where walkOf[start] == nil {
            var at: Int? = start
            while let here = at, walkOf[here] == nil {
                walkOf[here] = start
                at = next[here]
            }
            guard let here = at, walkOf[here] == start else { continue }
            var members = [here]
            while let following = next[members[members.count - 1]], following != here { members.append(following) }
            inCycle.formUnion(members)
            // Groups are numbered in reading order.
            guard let first = members.min(), let entry = former(of: groups[first], readings)?.entry else { continue }
            let message = "`formerly` goes round in a circle of \(members.count) groups; remove one of them"
            readings[groups[first].file].checker.report(message, at: entry.key)
        }
        return inCycle
    }
}
