internal import Model

extension GoogleWorkspace {
    /// The largest page of `members.list`.
    private static let memberPageSize = 200

    /// Reads the direct members of one group.
    ///
    /// The group's own count says how many there should be. It may lag, and is no proof; but where it is greater than
    /// what was listed, the list is read a second time.
    func members(of group: SourceGroupID) async -> MemberReading {
        let first = await memberList(of: group, pageSize: GoogleWorkspace.memberPageSize)
        guard first.failure == nil, let count = listedCount(of: group), count > first.items.count else {
            return reading(first)
        }
        return await secondReading(of: group, first: first, count: count)
    }

    /// Reads the list with pages of another size: a page left out then takes others with it, and shows.
    private func secondReading(
        of group: SourceGroupID,
        first: ListReading<MemberResource>,
        count: Int
    ) async -> MemberReading {
        let second = await memberList(of: group, pageSize: GoogleWorkspace.memberPageSize - 1)
        guard second.failure == nil, second.items.count < count else { return reading(second) }
        guard Set(first.items.map(\.identity)) == Set(second.items.map(\.identity)) else {
            return notWhole(group, "two readings of it differ, and the group says that it has \(count) members")
        }
        // Nothing at all, or an end on a full page, is how a list looks that was cut.
        guard second.items.count % GoogleWorkspace.memberPageSize == 0 else { return reading(second) }
        return await thirdOpinion(on: group, second)
    }

    /// Asks the group for its count anew.
    private func thirdOpinion(on group: SourceGroupID, _ list: ListReading<MemberResource>) async -> MemberReading {
        let call = DirectoryCall(
            "groups.get",
            object: shownName(of: group),
            path: ["groups", group.value],
            query: ["fields": GroupResource.fields]
        )
        do {
            let fresh: GroupResource = try await api.get(call)
            guard let count = fresh.directMembersCount?.value, count > list.items.count else { return reading(list) }
            return notWhole(group, "it has \(list.items.count) members, but the group says that it has \(count)")
        } catch {
            return error.isNotFound ? .vanished : .unreadable(error.error.description)
        }
    }

    private func notWhole(_ group: SourceGroupID, _ text: String) -> MemberReading {
        let error = memberCall(group).name.error(.malformed, message: "the list is not whole: \(text)")
        return .unreadable(error.description)
    }

    private func reading(_ list: ListReading<MemberResource>) -> MemberReading {
        guard let failure = list.failure else { return .read(list.items.map(\.member)) }
        return failure.isNotFound ? .vanished : .unreadable(failure.error.description)
    }

    private func memberCall(_ group: SourceGroupID) -> DirectoryCall {
        DirectoryCall(
            "members.list",
            object: shownName(of: group),
            path: ["groups", group.value, "members"],
            query: [:]
        )
    }

    private func memberList(of group: SourceGroupID, pageSize: Int) async -> ListReading<MemberResource> {
        await api.list(memberCall(group), fields: MemberResource.fields, pageSize: pageSize)
    }
}
