import FoundationEssentials
import Testing

@testable import GoogleWorkspace

@Suite("The walk through a list's pages")
struct ListWalkTests {
    private func page(_ ids: [String], next: String? = nil, kind: String? = nil) throws -> ListPage<MemberResource> {
        let members: [JSON] = ids.map { ["id": .text($0), "type": "USER"] }
        let items = try JSONDecoder().decode([MemberResource].self, from: Data(JSON.list(members).bytes))
        return ListPage(items: items, nextPageToken: next, kind: kind)
    }

    @Test("pages add up until one has no token")
    func whole() throws {
        var walk = ListWalk<MemberResource>()
        #expect(walk.take(try page(["1", "2"], next: "a")) == .next(token: "a"))
        #expect(walk.take(try page([], next: "b")) == .next(token: "b"))
        #expect(walk.take(try page(["3"])) == .whole)
        #expect(walk.items.map(\.identity) == ["1", "2", "3"])
        var empty = ListWalk<MemberResource>()
        #expect(empty.take(try page([])) == .whole)
    }

    @Test("a token that comes again, and an entry that comes again, break the list")
    func repetition() throws {
        var tokens = ListWalk<MemberResource>()
        #expect(tokens.take(try page(["1"], next: "a")) == .next(token: "a"))
        guard case .broken = tokens.take(try page(["2"], next: "a")) else {
            Issue.record("not broken")
            return
        }
        var entries = ListWalk<MemberResource>()
        #expect(entries.take(try page(["1"], next: "a")) == .next(token: "a"))
        #expect(entries.take(try page(["2", "1"])) == .broken("an entry is listed twice"))
    }

    @Test("a promised page that is empty is no end, with a kind and without")
    func emptyEnd() throws {
        var walk = ListWalk<MemberResource>()
        #expect(walk.take(try page(["1"], next: "a")) == .next(token: "a"))
        #expect(walk.take(try page([], kind: MemberResource.pageKind)) == .emptyEnd)
        var bare = ListWalk<MemberResource>()
        #expect(bare.take(try page(["1"], next: "a")) == .next(token: "a"))
        #expect(bare.take(try page([])) == .emptyEnd)
    }
}
