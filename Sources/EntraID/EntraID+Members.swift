internal import HTTP
public import Model

extension EntraID {
    /// Reads the direct members of groups: from the local copy where it knows them, else twenty groups in one batch.
    public func members(of groups: [SourceGroupID]) async -> [SourceGroupID: MemberReading] {
        let asked = Array(Set(groups.map(\.value))).sorted()
        let readings: [String: MemberReading]
        do {
            readings = try await read(asked, mayUseCopy: true)
        } catch {
            readings = Dictionary(asked.map { ($0, .unreadable(error.description)) }) { first, _ in first }
        }
        return Dictionary(readings.map { (SourceGroupID($0.key), $0.value) }) { first, _ in first }
    }

    /// Reads the direct members of groups by their lists, whatever the local copy says.
    func freshMembers(of groups: [SourceGroupID]) async -> [SourceGroupID: MemberReading] {
        let asked = Array(Set(groups.map(\.value))).sorted()
        guard !asked.isEmpty else { return [:] }
        let readings: [String: MemberReading]
        do {
            readings = try await read(asked, mayUseCopy: false)
        } catch {
            readings = Dictionary(asked.map { ($0, .unreadable(error.description)) }) { first, _ in first }
        }
        return Dictionary(readings.map { (SourceGroupID($0.key), $0.value) }) { first, _ in first }
    }

    private func read(_ asked: [String], mayUseCopy: Bool) async throws(UpstreamError) -> [String: MemberReading] {
        let api = try graph()
        let knowledge = knowledge
        let seesHidden = try await api.roles().contains(EntraPermission.hiddenMembers)
        var (groups, readings) = await visibility(of: asked, knowledge, api)
        var open: [String] = []
        for (group, isHidden) in groups.sorted(by: { $0.key < $1.key }) {
            if isHidden, !seesHidden {
                readings[group] = .unreadable(hidden(group))
            } else if mayUseCopy, let members = knowledge.copy?.members(of: group) {
                readings[group] = .read(members)
            } else {
                open.append(group)
            }
        }
        guard !open.isEmpty else { return readings }
        let lists = await memberLists(of: open, api)
        for (group, list) in lists { readings[group] = reading(list, knowledge) }
        if mayUseCopy { await keep(lists) }
        return readings
    }

    /// Whether groups hide their members, and what is known already of those that cannot be read.
    ///
    /// A group that the last listing did not show is looked at first, since a group that hides its members shows an
    /// empty list.
    private func visibility(
        of asked: [String],
        _ knowledge: Knowledge,
        _ api: GraphAPI
    ) async -> ([String: Bool], [String: MemberReading]) {
        var hidden: [String: Bool] = [:]
        var readings: [String: MemberReading] = [:]
        let strange = asked.filter { knowledge.groups[$0] == nil }
        for (group, result) in await groups(strange, api) {
            switch result {
            case .success(let entry): hidden[group] = GroupRecord(entry).isHidden
            case .failure(let failure):
                readings[group] = failure.isNotFound ? .vanished : .unreadable(failure.error.description)
            }
        }
        for group in asked {
            if let record = knowledge.groups[group] { hidden[group] = record.isHidden }
        }
        return (hidden, readings)
    }

    /// Reads groups one by one.
    func groups(_ ids: [String], _ api: GraphAPI) async -> [(String, Result<GroupEntry, CallFailure>)] {
        let calls = ids.map { id in
            let url = api.url(["groups", id], [("$select", GroupEntry.select)])
            return BatchCall(name: CallName(operation: "groups.get", object: shownName(of: id)), url: api.relative(url))
        }
        return Array(zip(ids, await api.batch(calls, width: settings.concurrency)))
    }

    private func hidden(_ group: String) -> String {
        CallName(operation: "groups.members", object: shownName(of: group)).error(
            .refused,
            message: "the group hides its members from the application",
            advice: "grant the application permission \(EntraPermission.hiddenMembers), or map another group"
        ).description
    }

    private func reading(_ list: ListReading<MemberEntry>, _ knowledge: Knowledge) -> MemberReading {
        if let failure = list.failure { return failure.isNotFound ? .vanished : .unreadable(failure.error.description) }
        let members = list.items.compactMap { member -> SourceMember? in
            switch kind(of: member, knowledge) {
            case .user: SourceMember(kind: .user, id: member.id)
            case .group: SourceMember(kind: .group, id: member.id)
            case .other, .unknown: nil
            }
        }
        return .read(members.sorted { ($0.id ?? "") < ($1.id ?? "") })
    }

    /// What a member is; where the list does not say, the listing does.
    private func kind(of member: MemberEntry, _ knowledge: Knowledge) -> MemberKind {
        guard member.kind == .unknown else { return member.kind }
        if knowledge.users.contains(member.id) { return .user }
        return knowledge.groups[member.id] == nil ? .unknown : .group
    }

    // MARK: - Lists

    /// Reads lists of members: the first pages in batches, those that follow one by one.
    func memberLists(of groups: [String], _ api: GraphAPI) async -> [String: ListReading<MemberEntry>] {
        let width = settings.concurrency
        let firsts = await firstPages(of: groups, api)
        return Dictionary(
            await inParallel(Array(zip(groups, firsts)), width: width) { group, first in
                let (name, url) = self.memberCall(group, api)
                switch first {
                case .success(let page): return (group, await api.list(name, url, first: page))
                case .failure(let failure): return (group, ListReading<MemberEntry>(items: [], failure: failure))
                }
            }
        ) { first, _ in first }
    }

    private func memberCall(_ group: String, _ api: GraphAPI) -> (CallName, String) {
        (
            CallName(operation: "groups.members", object: shownName(of: group)),
            api.url(["groups", group, "members"], [("$select", "id"), ("$top", GraphAPI.pageSize)])
        )
    }

    private func firstPages(
        of groups: [String],
        _ api: GraphAPI
    ) async -> [Result<GraphPage<MemberEntry>, CallFailure>] {
        let calls = groups.map { memberCall($0, api) }
        guard groups.count > 1 else {
            var pages: [Result<GraphPage<MemberEntry>, CallFailure>] = []
            for (name, url) in calls {
                do throws(CallFailure) { pages.append(.success(try await api.get(name, url))) } catch {
                    pages.append(.failure(error))
                }
            }
            return pages
        }
        let parts = calls.map { BatchCall(name: $0.0, url: api.relative($0.1)) }
        return await api.batch(parts, width: settings.concurrency)
    }
}
