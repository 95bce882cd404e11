internal import HTTPServer

extension GraphService {
    /// One page of a delta.
    ///
    /// Source: Microsoft Graph, "Use delta query to track changes in Microsoft Graph data", "Get incremental changes for
    /// groups".
    func delta(
        _ kind: GraphState.DeltaKind,
        _ call: Call,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        guard kind == .users || state.world.entra.behaviour.unreadableGroups.isEmpty else {
            throw .badQuery("Delta is not available for this resource.")
        }
        if let token = call.text("$skiptoken") { return try deltaPage(kind, token, &state) }
        var round: GraphState.Round
        if let token = call.text("$deltatoken"), token != "latest" {
            guard let snapshot = state.graph.snapshots[token], snapshot.kind == kind,
                snapshot.at + state.world.entra.behaviour.deltaSeconds > state.now
            else {
                let status = state.world.entra.behaviour.expiredDeltaStatus
                throw Refusal("syncStateNotFound", "The sync state is not found or has expired.", status: status)
            }
            round = changes(since: snapshot, state)
        } else {
            round = begin(
                kind,
                try deltaSelect(kind, call, state),
                isEmpty: call.text("$deltatoken") == "latest",
                state
            )
        }
        if kind == .users, try isOutline(call, state) {
            round.entries = round.entries.map { entry in
                var members = entry.element.object ?? [:]
                for name in ["accountEnabled", "userType", "proxyAddresses"] { members[name] = nil }
                return (entry.offset, .object(members))
            }
        }
        let id = state.newID("delta-round")
        state.graph.rounds[id] = round
        return try deltaPage(kind, id, &state)
    }

    private func deltaSelect(
        _ kind: GraphState.DeltaKind,
        _ call: Call,
        _ state: SandboxState
    ) throws(Refusal) -> [String] {
        switch kind {
        case .users:
            return try select(call, state, GraphObjects.userProperties, GraphObjects.userProperties.sorted(), "user")
        case .groups:
            let known = GraphObjects.groupProperties.union(["members"])
            return try select(call, state, known, known.sorted(), "group")
        }
    }

    /// The page that a token names: the round's id, and after a `~` the place in it.
    private func deltaPage(
        _ kind: GraphState.DeltaKind,
        _ token: String,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        let parts = token.split(separator: "~", maxSplits: 1).map { String($0) }
        guard let id = parts.first, let round = state.graph.rounds[id], round.snapshot.kind == kind else {
            throw Refusal("syncStateNotFound", "The sync state is not found or has expired.", status: 410)
        }
        let page: Paging.Page<(offset: Int, element: JSONValue)>
        do {
            page = try state.paging().page(
                of: round.entries,
                size: state.world.entra.behaviour.deltaPageSize,
                token: parts.count > 1 ? parts[1] : nil,
                binding: id,
                key: { String($0.offset) }
            )
        } catch {
            throw Refusal("Directory_ExpiredPageToken", "The specified page token value has expired.", status: 400)
        }
        let base = "\(state.baseURL)/v1.0/\(kind.rawValue)/delta"
        var answer: JSONValue = [
            "@odata.context": .string("\(state.baseURL)/v1.0/$metadata#\(kind.rawValue)"),
            "value": .array(page.elements.map(\.element)),
        ]
        if let next = page.token {
            answer["@odata.nextLink"] = .string("\(base)?$skiptoken=\(id)~\(next)")
        } else {
            let link = state.newID("delta-link")
            state.graph.snapshots[link] = round.snapshot
            answer["@odata.deltaLink"] = .string("\(base)?$deltatoken=\(link)")
        }
        return answer
    }

    // MARK: - Rounds

    private func begin(
        _ kind: GraphState.DeltaKind,
        _ select: [String],
        isEmpty: Bool,
        _ state: SandboxState
    ) -> GraphState.Round {
        let entra = state.world.entra
        var entries: [JSONValue] = []
        if !isEmpty {
            switch kind {
            case .users: entries = entra.livingUsers.map { whole(GraphObjects.user($0), select) }
            case .groups:
                let dead = entra.deadIDs
                entries = entra.livingGroups.flatMap { group in
                    let members = entra.livingMembers(of: group, without: dead).map { told($0, isRemoved: false) }
                    return split(whole(GraphObjects.group(group), select), members, select, entra)
                }
            }
        }
        return round(entries, kind, select, earlier: [], state)
    }

    private func changes(since old: GraphState.Snapshot, _ state: SandboxState) -> GraphState.Round {
        let entra = state.world.entra
        let entries =
            switch old.kind {
            case .users: userChanges(old, entra)
            case .groups: groupChanges(old, entra)
            }
        return round(entries, old.kind, old.select, earlier: old.told, state)
    }

    private func round(
        _ entries: [JSONValue],
        _ kind: GraphState.DeltaKind,
        _ select: [String],
        earlier: [JSONValue],
        _ state: SandboxState
    ) -> GraphState.Round {
        let behaviour = state.world.entra.behaviour
        // Some of what was told, without what may have been told after it.
        let replayed = earlier.indices.filter { place in
            behaviour.hasReplays && Identifier.digest("replay", String(place), String(state.now)) < "8"
        }
        var all = replayed.map { earlier[$0] } + entries
        if behaviour.isShuffled {
            let places = all.indices.sorted {
                Identifier.digest("shuffle", String($0), String(state.now))
                    < Identifier.digest("shuffle", String($1), String(state.now))
            }
            all = places.map { all[$0] }
        }
        let snapshot = GraphState.Snapshot(
            users: state.world.entra.users,
            groups: state.world.entra.groups,
            kind: kind,
            select: select,
            at: state.now,
            told: Array((earlier + entries).suffix(100))
        )
        return GraphState.Round(entries: Array(all.enumerated()), snapshot: snapshot)
    }

    private func userChanges(_ old: GraphState.Snapshot, _ entra: World.Entra) -> [JSONValue] {
        let before = Dictionary(old.users.map { ($0.id, $0) }) { first, _ in first }
        let after = Dictionary(entra.users.map { ($0.id, $0) }) { first, _ in first }
        var entries: [JSONValue] = []
        for user in entra.users where before[user.id] != user {
            let was = before[user.id]
            if user.deletedAt != nil {
                if was?.deletedAt == nil { entries.append(removed(user.id, "changed")) }
            } else if let was, was.deletedAt == nil {
                let told = changed(GraphObjects.user(was), GraphObjects.user(user), old.select)
                if let told { entries.append(told) }
            } else {
                entries.append(whole(GraphObjects.user(user), old.select))
            }
        }
        for user in old.users where after[user.id] == nil { entries.append(removed(user.id, "deleted")) }
        return entries
    }

    private func groupChanges(_ old: GraphState.Snapshot, _ entra: World.Entra) -> [JSONValue] {
        let before = Dictionary(old.groups.map { ($0.id, $0) }) { first, _ in first }
        let after = Dictionary(entra.groups.map { ($0.id, $0) }) { first, _ in first }
        var past = entra
        (past.users, past.groups) = (old.users, old.groups)
        let wasDead = past.deadIDs, dead = entra.deadIDs
        var entries: [JSONValue] = []
        for group in entra.groups {
            let was = before[group.id]
            if group.deletedAt != nil {
                if was?.deletedAt == nil { entries.append(removed(group.id, "changed")) }
            } else if let was, was.deletedAt == nil {
                let members =
                    entra.behaviour.tellsDeletedMembers
                    ? memberChanges(
                        past.livingMembers(of: was, without: wasDead),
                        entra.livingMembers(of: group, without: dead),
                        untold: entra.behaviour.forgetsRestoredMembers ? Set(was.members) : []
                    ) : memberChanges(was.members, group.members)
                let told = changed(GraphObjects.group(was), GraphObjects.group(group), old.select)
                guard told != nil || !members.isEmpty else { continue }
                entries += split(told ?? ["id": .string(group.id)], members, old.select, entra)
            } else {
                let members = entra.livingMembers(of: group, without: dead).map { self.told($0, isRemoved: false) }
                entries += split(whole(GraphObjects.group(group), old.select), members, old.select, entra)
            }
        }
        for group in old.groups where after[group.id] == nil { entries.append(removed(group.id, "deleted")) }
        return entries
    }

    /// Soft-deleted users keep their memberships, and nothing is told of them until they are gone for good; not even
    /// then, it was seen (microsoft-graph-docs-contrib#2829).
    private func memberChanges(
        _ before: [World.EntraMember],
        _ after: [World.EntraMember],
        untold: Set<World.EntraMember> = []
    ) -> [JSONValue] {
        guard before != after else { return [] }
        let (old, new) = (Set(before), Set(after))
        return after.filter { !old.contains($0) && !untold.contains($0) }.map { told($0, isRemoved: false) }
            + before.filter { !new.contains($0) }.map { told($0, isRemoved: true) }
    }

    // MARK: - Entries

    private func removed(_ id: String, _ reason: String) -> JSONValue {
        ["id": .string(id), "@removed": ["reason": .string(reason)]]
    }

    private func told(_ member: World.EntraMember, isRemoved: Bool) -> JSONValue {
        .members([
            "@odata.type": .string("#microsoft.graph.\(member.kind.rawValue)"), "id": .string(member.id),
            "@removed": isRemoved ? ["reason": "deleted"] : nil,
        ])
    }

    /// An object told for the first time: what it has no value for is left out.
    private func whole(_ object: [String: JSONValue], _ select: [String]) -> JSONValue {
        .object(object.filter { ($0.key == "id" || select.contains($0.key)) && $0.value != .null && $0.value != [] })
    }

    /// What has changed of an object; nil where nothing that is selected has.
    private func changed(
        _ old: [String: JSONValue],
        _ new: [String: JSONValue],
        _ select: [String]
    ) -> JSONValue? {
        let told = new.filter { select.contains($0.key) && old[$0.key] != $0.value }
        guard !told.isEmpty else { return nil }
        return .object(told.merging(["id": new["id"] ?? .null]) { first, _ in first })
    }

    /// A group's entry, once for every so many members.
    private func split(
        _ entry: JSONValue,
        _ members: [JSONValue],
        _ select: [String],
        _ entra: World.Entra
    ) -> [JSONValue] {
        guard select.contains("members"), !members.isEmpty else { return [entry] }
        let size = max(1, entra.behaviour.deltaMembersPerEntry)
        return stride(from: 0, to: members.count, by: size).map { start in
            var part = start == 0 ? entry : ["id": entry["id"] ?? .null]
            part["members@delta"] = .array(Array(members[start..<min(start + size, members.count)]))
            return part
        }
    }
}
