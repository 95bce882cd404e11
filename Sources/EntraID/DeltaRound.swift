/// What one round of a delta tells, from the link that begins it to the link that ends it.
///
/// The same object may come several times, in any order, and again after it came in an earlier round. So nothing is
/// taken from a round before it has ended, and what contradicts itself within it is left to a read by id.
///
/// Source: Microsoft Graph, "Use delta query to track changes in Microsoft Graph data" (replays).
protocol DeltaRound {
    associatedtype Entry: Listed
    associatedtype Record: Hashable, Sendable
    /// A round of which nothing was told yet.
    init()
    /// Takes the next entry.
    mutating func take(_ entry: Entry)
    /// The copy after the round: the old one with what it tells, or a new one where it began anew.
    func copy(over old: CopyPart<Record>?, link: String, now: Int64) -> CopyPart<Record>
}

/// How large a list of members may be that is read again for each change: a page.
///
/// Larger ones follow what a round tells of them, as long as it agrees with itself and with a look at who came and left.
enum ListSize {
    /// Another size for tests, which would need thousands of members else.
    @TaskLocal static var small = 999
}

/// What one round tells of users.
struct UserRound: DeltaRound {
    private(set) var entries: [String: UserEntry] = [:]
    /// The users about whom the round contradicts itself.
    private(set) var contradicted: Set<String> = []

    mutating func take(_ entry: UserEntry) {
        guard let earlier = entries[entry.id] else {
            entries[entry.id] = entry
            return
        }
        if let joined = earlier.joined(entry) { entries[entry.id] = joined } else { contradicted.insert(entry.id) }
    }

    func copy(over old: CopyPart<UserRecord>?, link: String, now: Int64) -> CopyPart<UserRecord> {
        guard var copy = old else { return CopyPart(whole: self, link: link, now: now) }
        copy.apply(self, link: link, now: now)
        return copy
    }
}

/// What one round tells of groups.
struct GroupRound: DeltaRound {
    /// What the round tells of one group.
    struct Change {
        var isRemoved: Bool
        var displayName: Property<String>
        var visibility: Property<String>
        /// The members told: what they are, or that they were removed.
        var members: [String: (kind: MemberKind, isRemoved: Bool)] = [:]
        var isContradicted = false

        /// The change as an entry without members.
        func entry(_ id: String) -> GroupEntry {
            var entry = GroupEntry(id: id, isRemoved: isRemoved)
            entry.displayName = displayName
            entry.visibility = visibility
            return entry
        }
    }

    private(set) var changes: [String: Change] = [:]

    mutating func take(_ entry: GroupEntry) {
        var change =
            changes[entry.id]
            ?? Change(isRemoved: entry.isRemoved, displayName: entry.displayName, visibility: entry.visibility)
        if change.isRemoved != entry.isRemoved { change.isContradicted = true }
        if let name = change.displayName.joined(entry.displayName) {
            change.displayName = name
        } else {
            change.isContradicted = true
        }
        if let visibility = change.visibility.joined(entry.visibility) {
            change.visibility = visibility
        } else {
            change.isContradicted = true
        }
        for member in entry.members {
            if let earlier = change.members[member.id], earlier.isRemoved != member.isRemoved {
                change.isContradicted = true
            }
            change.members[member.id] = (member.kind, member.isRemoved)
        }
        changes[entry.id] = change
    }

    func copy(over old: CopyPart<GroupRecord>?, link: String, now: Int64) -> CopyPart<GroupRecord> {
        guard var copy = old else { return CopyPart(whole: self, link: link, now: now) }
        copy.apply(self, link: link, now: now)
        return copy
    }
}

extension CopyPart<UserRecord> {
    /// The users that a round of a new copy tells, complete but for those in doubt.
    init(whole round: UserRound, link: String, now: Int64) {
        self.init(link: link, since: now)
        for (id, entry) in round.entries {
            if round.contradicted.contains(id) {
                doubtful[id] = now
            } else if entry.isRemoved {
                gone[id] = now
            } else if let record = UserRecord(entry) {
                records[id] = record
            } else {
                doubtful[id] = now
            }
        }
    }

    /// Applies a round. Whoever changed is read again by id, so that a replay of something old does no harm.
    mutating func apply(_ round: UserRound, link: String, now: Int64) {
        self.link = link
        for (id, entry) in round.entries {
            let isContradicted = round.contradicted.contains(id)
            if !isContradicted, entry.isRemoved {
                if records[id] == nil { continue }
            } else if !isContradicted, let record = records[id], record.changed(by: entry) == record {
                continue
            }
            doubtful[id] = now
        }
    }

    /// Takes over what a read by id, or the list, says of a user; nil where it says that there is none.
    mutating func set(_ id: String, to record: UserRecord?, now: Int64) {
        if let record {
            records[id] = record
            gone[id] = nil
        } else {
            remove(id, at: now)
        }
    }
}

extension CopyPart<GroupRecord> {
    /// The groups that a round of a new copy tells, complete but for those in doubt.
    init(whole round: GroupRound, link: String, now: Int64) {
        self.init(link: link, since: now)
        for (id, change) in round.changes {
            if change.isContradicted {
                doubtful[id] = now
            } else if change.isRemoved {
                gone[id] = now
            } else {
                var record = GroupRecord(change.entry(id))
                record.members = change.members.filter { !$0.value.isRemoved }.mapValues(\.kind)
                records[id] = record
            }
        }
    }

    /// Applies a round. What changed is read again, but for large lists about which the round agrees with itself.
    mutating func apply(_ round: GroupRound, link: String, now: Int64) {
        self.link = link
        for (id, change) in round.changes {
            guard !change.isContradicted, !change.isRemoved, var record = records[id] else {
                if !change.isContradicted, change.isRemoved, records[id] == nil { continue }
                doubtful[id] = now
                records[id]?.members = nil
                continue
            }
            let old = record
            record.change(by: change.entry(id))
            if record.members == nil, !change.members.isEmpty { doubtful[id] = now }
            if let members = record.members { record.members = Self.applied(change, to: members) }
            guard record != old else { continue }
            if record.members == old.members || (old.members?.count ?? 0) <= ListSize.small {
                doubtful[id] = now
                if record.members != old.members { record.members = nil }
            }
            records[id] = record
        }
    }

    private static func applied(_ change: GroupRound.Change, to members: [String: MemberKind]) -> [String: MemberKind] {
        var members = members
        for (id, told) in change.members {
            if told.isRemoved {
                members[id] = nil
            } else if members[id] == nil || told.kind != .unknown {
                members[id] = told.kind
            }
        }
        return members
    }

    /// Takes over what a read by id says of a group; nil where it says that there is none.
    mutating func set(_ id: String, to entry: GroupEntry?, now: Int64) {
        guard let entry else { return remove(id, at: now) }
        if records[id] == nil { records[id] = GroupRecord(entry) } else { records[id]?.change(by: entry) }
        gone[id] = nil
    }

    /// Keeps a list of members that was read, where no doubt is left that could make it older than the link.
    ///
    /// - Returns: whether anything has changed.
    mutating func keep(_ members: [MemberEntry], of id: String) -> Bool {
        guard doubtful[id] == nil, records[id] != nil, records[id]?.members == nil else { return false }
        records[id]?.members = Dictionary(members.map { ($0.id, $0.kind) }) { first, _ in first }
        return true
    }
}
