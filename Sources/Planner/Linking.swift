internal import Model

/// The links between the users of one source and the target's users, found in passes (`PLANNING.md` 1–3).
struct SourceLinks {
    /// The target user of each source user, by place; -1: none.
    var target: [Int]
    /// The source users in conflict.
    var conflictedUsers: Set<Int> = []
    /// The target users in conflict, with the source users that claim them.
    var conflictedTargets: [Int: Set<Int>] = [:]
    /// One sentence for each conflict.
    var conflicts: [String] = []
}

/// The target's users with the look-ups that linking needs.
struct TargetUserIndex {
    let users: [TargetUser]
    let byID: [UserID: Int]
    let byExternalID: [String: [Int]]
    let byUserName: [String: [Int]]
    let byEmail: [String: [Int]]

    init(_ users: [TargetUser]) {
        self.users = users
        var ids: [UserID: Int] = [:]
        var external: [String: [Int]] = [:]
        var names: [String: [Int]] = [:]
        var emails: [String: [Int]] = [:]
        ids.reserveCapacity(users.count)
        names.reserveCapacity(users.count)
        for (index, user) in users.enumerated() {
            ids[user.id] = index
            for entry in user.externalIDs where !(external[entry.id.comparedID]?.contains(index) ?? false) {
                external[entry.id.comparedID, default: []].append(index)
            }
            names[user.userName.folded, default: []].append(index)
            if let email = user.primaryEmail { emails[email.folded, default: []].append(index) }
        }
        byID = ids
        byExternalID = external
        byUserName = names
        byEmail = emails
    }
}

/// Links the users of one source.
struct Linking {
    let source: SourceIndex
    let targets: TargetUserIndex
    let match: [LinkKey]

    /// Living users first, in all passes; then, among what is left, deleted users, and guests who are not let in: these
    /// explain who somebody is, and never compete with the living.
    func link() -> SourceLinks {
        var links = SourceLinks(target: Array(repeating: -1, count: source.users.count))
        var taken = Set<Int>()
        let living = source.users.indices.filter { isLiving($0) }
        run(over: living, &links, &taken, reportsConflicts: true)
        let guests = source.users.indices.filter { isUnwantedGuest($0) }
        run(over: guests, &links, &taken, reportsConflicts: false)
        let deleted = Array(source.listedCount..<source.users.count)
        run(over: deleted, &links, &taken, reportsConflicts: false)
        return links
    }

    private func isUnwantedGuest(_ user: Int) -> Bool {
        user < source.listedCount && source.users[user].isGuest && !source.allowsGuests
    }

    private func isLiving(_ user: Int) -> Bool { user < source.listedCount && !isUnwantedGuest(user) }

    private func run(over users: [Int], _ links: inout SourceLinks, _ taken: inout Set<Int>, reportsConflicts: Bool) {
        guard !users.isEmpty else { return }
        for key in match {
            var claims: [(user: Int, targets: [Int])] = []
            var claimants: [Int: [Int]] = [:]
            for user in users where links.target[user] < 0 && !links.conflictedUsers.contains(user) {
                let fits = candidates(of: user, by: key).filter {
                    !taken.contains($0) && links.conflictedTargets[$0] == nil
                }
                guard !fits.isEmpty else { continue }
                claims.append((user, fits))
                for target in fits { claimants[target, default: []].append(user) }
            }
            settle(claims, claimants, &links, &taken, reportsConflicts: reportsConflicts, key: key)
        }
    }

    private func settle(
        _ claims: [(user: Int, targets: [Int])],
        _ claimants: [Int: [Int]],
        _ links: inout SourceLinks,
        _ taken: inout Set<Int>,
        reportsConflicts: Bool,
        key: LinkKey
    ) {
        for (user, fits) in claims {
            // Several deleted users under one name all say the same of whoever bore it.
            let isContested =
                fits.count > 1 || reportsConflicts && fits.contains { (claimants[$0]?.count ?? 0) > 1 }
            if !isContested {
                links.target[user] = fits[0]
                taken.insert(fits[0])
            } else if reportsConflicts {
                links.conflictedUsers.insert(user)
                for target in fits { links.conflictedTargets[target, default: []].formUnion(claimants[target] ?? []) }
            }
        }
        guard reportsConflicts else { return }
        for (user, fits) in claims where fits.count > 1 {
            links.conflicts.append(sentence(user: user, fits: fits, key: key))
        }
        for (target, users) in claimants.sorted(by: { $0.key < $1.key }) where users.count > 1 {
            links.conflicts.append(sentence(target: target, users: users, key: key))
        }
    }

    private func sentence(user: Int, fits: [Int], key: LinkKey) -> String {
        let names = fits.map { "\(targets.users[$0].userName) (\(targets.users[$0].id))" }.sorted()
        return
            "\(source.name) user \(source.users[user].primaryAddress) matches \(fits.count) Identity Center users by "
            + "\(key.rawValue): \(names.joined(separator: ", ")); none of them is added or removed anywhere"
    }

    private func sentence(target: Int, users: [Int], key: LinkKey) -> String {
        let names = users.map { "\(source.users[$0].primaryAddress) (\(source.users[$0].id))" }.sorted()
        return
            "Identity Center user \(targets.users[target].userName) matches \(users.count) users of \(source.name) by "
            + "\(key.rawValue): \(names.joined(separator: ", ")); none of them is added or removed anywhere"
    }

    private func candidates(of index: Int, by key: LinkKey) -> [Int] {
        let user = source.users[index]
        switch key {
        case .externalId: return targets.byExternalID[user.id.value.comparedID] ?? []
        case .userName: return targets.byUserName[user.primaryAddress.folded] ?? []
        case .email: return targets.byEmail[emailToCompare(user).folded] ?? []
        case .alias: return aliasCandidates(user)
        }
    }

    private func emailToCompare(_ user: SourceUser) -> String {
        source.directory.kind == .entra && user.isGuest ? user.mail ?? user.primaryAddress : user.primaryAddress
    }

    private func aliasCandidates(_ user: SourceUser) -> [Int] {
        let aliases = SourceIndex.aliases(of: user, in: source.directory.kind)
        guard !aliases.isEmpty else { return [] }
        var fits: [Int] = []
        for alias in aliases.map(\.folded) where source.userByPrimary[alias] == nil {
            for target in (targets.byUserName[alias] ?? []) + (targets.byEmail[alias] ?? [])
            where !fits.contains(target) {
                fits.append(target)
            }
        }
        return fits
    }
}
