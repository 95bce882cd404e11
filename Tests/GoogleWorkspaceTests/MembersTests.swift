import HTTP
import Model
import Testing

@testable import GoogleWorkspace

@Suite("The members of groups")
struct MembersTests {
    private func company(_ groups: [Company.Group]) -> Company {
        var company = Company.of(users: 3, groups: 0)
        company.groups = groups
        return company
    }

    @Test("every type of member is kept, also without address or without id")
    func types() async throws {
        let group = Company.Group(
            id: "g/1",
            email: "g@example.com",
            members: [
                .init(id: "1", email: "a@example.com"), .init(id: "2", email: nil),
                .init(id: nil, email: "x@other.example"), .init(id: "3", email: "n@example.com", type: "GROUP"),
                .init(id: "C01", email: nil, type: "CUSTOMER"),
                .init(id: "4", email: "e@other.example", type: "EXTERNAL"),
                .init(id: "5", email: "s@p.iam.gserviceaccount.com", type: "SERVICE_ACCOUNT"),
            ]
        )
        let harness = try Harness(FakeGoogle(company([group])))
        let reading = await harness.source.members(of: ["g/1"])["g/1"]
        #expect(
            reading
                == .read([
                    SourceMember(kind: .user, id: "1", address: "a@example.com"), SourceMember(kind: .user, id: "2"),
                    SourceMember(kind: .user, address: "x@other.example"),
                    SourceMember(kind: .group, id: "3", address: "n@example.com"),
                    SourceMember(kind: .customer, id: "C01"),
                    SourceMember(kind: .user, id: "4", address: "e@other.example"),
                    SourceMember(kind: .user, id: "5", address: "s@p.iam.gserviceaccount.com"),
                ])
        )
        #expect(harness.google.calls.last?.request.url.contains("/groups/g%2F1/members?") == true)
    }

    @Test("M members of a group cost ⌈M/200⌉ calls, and an empty group one")
    func cost() async throws {
        for (count, calls) in [(0, 1), (1, 1), (200, 1), (201, 2), (400, 2), (401, 3)] {
            let members = (0..<count).map { Company.Member(id: "m\($0)", email: "m\($0)@example.com") }
            let harness = try Harness(FakeGoogle(company([.init(id: "g", email: "g@example.com", members: members)])))
            _ = try await harness.source.listing()
            guard case .read(let read) = await harness.source.members(of: ["g", "g"])["g"] else {
                Issue.record("unreadable")
                continue
            }
            #expect(read.count == count)
            #expect(harness.google.counts["members.list"] == calls)
            #expect(harness.google.counts["groups.get"] == nil)
        }
    }

    @Test("the result does not depend on the order of arrival, and no more calls are under way than allowed")
    func parallel() async throws {
        let groups = (0..<60).map { number in
            let members = (0...number).map { Company.Member(id: "m\($0)", email: nil) }
            return Company.Group(id: "g\(number)", email: "g\(number)@example.com", members: members)
        }
        let gate = Gate(FakeGoogle(company(groups)))
        let file = try TemporaryFile(try Harness.keyFile())
        let source = GoogleWorkspace(
            settings: GoogleWorkspaceSettings(
                name: "google",
                credentialsPath: file.path,
                subject: FakeIdentity.subject,
                endpoint: FakeGoogle.origin,
                concurrency: 5
            ),
            transport: gate,
            time: gate.google.time,
            random: FixedRandom()
        )
        let readings = await source.members(of: groups.map { SourceGroupID($0.id) }.shuffled())
        #expect(readings.count == 60)
        for group in groups {
            let expected = group.members.map { SourceMember(kind: .user, id: $0.id) }
            #expect(readings[SourceGroupID(group.id)] == .read(expected))
        }
        #expect(gate.most <= 5)
    }

    @Test("a group that is gone has vanished; any other refusal makes it unreadable, with the reason")
    func refusals() async throws {
        let harness = try Harness(FakeGoogle(company([])))
        #expect(await harness.source.members(of: ["g"]) == ["g": .vanished])
        #expect(await harness.source.members(of: [""]) != ["": .read([])])
        for (status, reason) in [
            (403, "forbidden"), (400, "invalid"), (429, "rateLimitExceeded"), (500, "backendError"),
        ] {
            let failing = try Harness(
                FakeGoogle(company([.init(id: "g", email: "g@example.com")])) { call, _, _ in
                    call.operation == "members.list" ? .answer(.refusal(status, reason: reason, message: "no")) : nil
                }
            )
            guard case .unreadable(let text) = await failing.source.members(of: ["g"])["g"] else {
                Issue.record("\(reason): read")
                continue
            }
            #expect(text.contains(reason))
        }
    }

    @Test("any fault at any call: the members are whole, or the group is not read")
    func faults() async throws {
        let members = (0..<7).map { Company.Member(id: "m\($0)", email: "m\($0)@example.com") }
        var company = company([.init(id: "g", email: "g@example.com", members: members)])
        company.pageCap = 3
        let whole = MemberReading.read(members.map { SourceMember(kind: .user, id: $0.id, address: $0.email) })
        let further: [(String, FakeGoogle.Fault)] = [
            ("no type", .eachItem("type", .null)), ("address a number", .eachItem("email", 5)),
            ("neither id nor address", .items { .list($0.map { _ in ["type": "USER"] }) }),
        ]
        // An entry without id is legal where it has an address.
        let faults = FakeGoogle.Fault.ofLists.filter { $0.0 != "ids empty" && $0.0 != "ids null" } + further
        for (name, fault) in faults {
            for first in 1...3 {
                for lasts in [false, true] {
                    let google = FakeGoogle(company) { call, _, number in
                        guard call.operation == "members.list" else { return nil }
                        return number == first || (lasts && number > first) ? fault : nil
                    }
                    let harness = try Harness(google)
                    _ = try await harness.source.listing()
                    let reading = await harness.source.members(of: ["g"])["g"]
                    if case .read = reading { #expect(reading == whole, "\(name) at \(first), lasting: \(lasts)") }
                    #expect(reading != nil)
                }
            }
        }
    }

    @Test("an empty list, or one that ends with a full page, is read again where the group says that it has more")
    func counts() async throws {
        let full = (0..<200).map { Company.Member(id: "m\($0)", email: nil) }
        let cases: [(members: [Company.Member], count: Int, isRead: Bool, lists: Int)] = [
            ([], 0, true, 1), ([], 3, false, 2), (full, 200, true, 1), (full, 450, false, 3), (full, 150, true, 1),
            (Array(full.prefix(5)), 9, true, 2),
        ]
        for item in cases {
            let group = Company.Group(id: "g", email: "g@example.com", members: item.members, count: item.count)
            let harness = try Harness(FakeGoogle(company([group])))
            _ = try await harness.source.listing()
            let reading = await harness.source.members(of: ["g"])["g"]
            if case .read(let members) = reading { #expect(members.count == item.members.count) }
            if case .unreadable(let text) = reading {
                #expect(text.contains("the group says that it has \(item.count)"))
            }
            #expect((reading.map { if case .read = $0 { true } else { false } }) == item.isRead, "\(item.count)")
            #expect(harness.google.counts["members.list"] == item.lists)
        }
    }

    @Test("a page left out once, and a list that ended early once, show at the second reading")
    func pageLeftOut() async throws {
        let members = (0..<700).map { Company.Member(id: "m\($0)", email: nil) }
        let company = company([.init(id: "g", email: "g@example.com", members: members)])
        for (name, lasts) in [("at-400", false), ("at-400", true), (nil, false), (nil, true)] as [(String?, Bool)] {
            let google = FakeGoogle(company) { call, _, number in
                guard call.operation == "members.list", call.query["pageToken"] == nil, number == 1 || lasts else {
                    return nil
                }
                return .changing("nextPageToken", to: name.map { .text($0) } ?? .null)
            }
            let harness = try Harness(google)
            _ = try await harness.source.listing()
            let reading = await harness.source.members(of: ["g"])["g"]
            if case .read(let found) = reading { #expect(found.count == 700) }
            #expect((reading.map { if case .read = $0 { true } else { false } }) == !lasts)
        }
    }

    @Test("a group that was emptied after the listing is empty")
    func emptied() async throws {
        let group = Company.Group(id: "g", email: "g@example.com", members: [.init(id: "1", email: nil)])
        let harness = try Harness(FakeGoogle(company([group])))
        _ = try await harness.source.listing()
        harness.google.company = company([.init(id: "g", email: "g@example.com")])
        #expect(await harness.source.members(of: ["g"]) == ["g": .read([])])
        harness.google.company = company([])
        #expect(await harness.source.members(of: ["g"]) == ["g": .vanished])
    }

    @Test("a list that was empty once, by mistake, is whole at the second reading")
    func emptyOnce() async throws {
        let group = Company.Group(id: "g", email: "g@example.com", members: [.init(id: "1", email: nil)])
        let google = FakeGoogle(company([group])) { call, _, number in
            call.operation == "members.list" && number == 1 ? .answer(.json([:])) : nil
        }
        let harness = try Harness(google)
        _ = try await harness.source.listing()
        #expect(await harness.source.members(of: ["g"]) == ["g": .read([SourceMember(kind: .user, id: "1")])])
    }
}
