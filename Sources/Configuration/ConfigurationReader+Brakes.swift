import Diagnostics
import Model
import YAML

extension ConfigurationReader {
    mutating func brakes(_ node: Node?) -> BrakeSettings {
        var brakes = BrakeSettings()
        let keys = [
            "removals", "perGroup", "assignments", "groups", "users", "gains", "protected", "lastAdmin",
        ]
        guard let node, let fields = map(node, "`brakes`", keys: keys) else { return brakes }
        brakes.removals = share(fields, "removals", brakes.removals)
        brakes.perGroup = share(fields, "perGroup", brakes.perGroup)
        brakes.assignments = share(fields, "assignments", brakes.assignments)
        brakes.groupDeletions = count(fields, "groups", "deletions", brakes.groupDeletions)
        brakes.userRemovals = count(fields, "users", "removals", brakes.userRemovals)
        gains(fields["gains"], &brakes)
        if let node = fields["protected"] {
            brakes.protected = texts(node, "brakes.protected", of: "users", mayBeEmpty: true) ?? []
        }
        if let node = fields["lastAdmin"] {
            brakes.lastAdmin = texts(node, "brakes.lastAdmin", of: "permission sets", mayBeEmpty: true) ?? []
        }
        return brakes
    }

    /// The map of a level; nil where it is `off`, or an error.
    private mutating func level(_ node: Node, _ key: String, keys: [String]) -> Fields? {
        if node.string == "off" { return nil }
        if node.entries == nil {
            checker.report("`brakes.\(key)` must be a map of \(Checker.alternatives(keys)), or `off`", at: node)
            return nil
        }
        return map(node, "`brakes.\(key)`", keys: keys)
    }

    private mutating func share(_ fields: Fields, _ key: String, _ standard: ShareLimit?) -> ShareLimit? {
        guard let node = fields[key] else { return standard }
        guard let level = level(node, key, keys: ["percent", "atLeast"]), var limit = standard else { return nil }
        let path = "brakes.\(key)"
        if let node = level["percent"] {
            limit.percent = checker.integer(node, "`\(path).percent`", in: 0...100) ?? limit.percent
        }
        if let node = level["atLeast"] {
            limit.atLeast = checker.integer(node, "`\(path).atLeast`", in: 0 ... .max) ?? limit.atLeast
        }
        return limit
    }

    private mutating func count(_ fields: Fields, _ key: String, _ name: String, _ standard: Int?) -> Int? {
        guard let node = fields[key] else { return standard }
        guard let level = level(node, key, keys: [name]) else { return nil }
        return level[name].map { checker.integer($0, "`brakes.\(key).\(name)`", in: 0 ... .max) } ?? standard
    }

    private mutating func gains(_ node: Node?, _ brakes: inout BrakeSettings) {
        guard let node else { return }
        guard let level = level(node, "gains", keys: ["permissionSets", "people"]) else {
            brakes.gainsPeople = nil
            return
        }
        if let node = level["permissionSets"] {
            let path = "brakes.gains.permissionSets"
            brakes.gainsPermissionSets = texts(node, path, of: "permission sets", mayBeEmpty: true) ?? []
        }
        if let node = level["people"] {
            brakes.gainsPeople = checker.integer(node, "`brakes.gains.people`", in: 0 ... .max)
        }
    }

    mutating func users(_ node: Node?) -> UserConfiguration {
        var users = UserConfiguration()
        guard let node, let fields = map(node, "`users`", keys: ["match", "provision"]) else { return users }
        users.provision = boolean(fields, "provision", "users") ?? false
        guard let node = fields["match"] else { return users }
        // Without a key nobody would be linked, and everybody removed.
        let nodes = list(node, "users.match", of: "keys", mayBeEmpty: false) ?? []
        let keys = nodes.compactMap { checker.choice($0, "an entry of `users.match`", LinkKey.self) }
        users.match = keys.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        return users
    }

    mutating func departures(_ node: Node?) -> DepartureConfiguration {
        var departures = DepartureConfiguration()
        let keys = ["people", "per", "marker"]
        guard let node, let fields = map(node, "`departures`", keys: keys) else { return departures }
        if let node = fields["people"] {
            departures.people = checker.integer(node, "`departures.people`", in: 0 ... .max) ?? departures.people
        }
        if let node = fields["per"] {
            departures.perSeconds = duration(node, "departures.per") ?? departures.perSeconds
        }
        departures.marker = boolean(fields, "marker", "departures") ?? true
        return departures
    }

    private mutating func duration(_ node: Node, _ path: String) -> Int64? {
        let written = node.string ?? node.int.map(String.init)
        if let seconds = written.flatMap(DurationText.seconds), seconds > 0 { return seconds }
        checker.report("`\(path)` must be a duration such as 30s, 5m, 24h, 7d, or a number of seconds", at: node)
        return nil
    }
}
