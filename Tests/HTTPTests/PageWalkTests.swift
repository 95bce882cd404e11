import HTTP
import Testing

@Suite struct PageWalkTests {
    @Test("a listing is whole when a page has no token, be it missing or empty")
    func whole() {
        for last in [nil, ""] {
            var walk = PageWalk()
            #expect(walk.advance(token: "a") == .next("a"))
            #expect(walk.advance(token: "b") == .next("b"))
            #expect(walk.advance(token: last) == .done)
            #expect(walk.pages == 3)
        }
        var single = PageWalk()
        #expect(single.advance(token: nil) == .done)
    }

    @Test("a token that comes again breaks the listing, next to itself or far away")
    func circle() {
        var stuck = PageWalk()
        #expect(stuck.advance(token: "a") == .next("a"))
        #expect(stuck.advance(token: "a") == .broken(.repeatedToken(page: 2)))
        var wide = PageWalk()
        for number in 0..<100 { #expect(wide.advance(token: "t\(number)") == .next("t\(number)")) }
        #expect(wide.advance(token: "t0") == .broken(.repeatedToken(page: 101)))
    }

    @Test("a listing that does not end is broken at the bound, and one that ends there is whole")
    func endless() {
        var endless = PageWalk(maximumPages: 3)
        #expect(endless.advance(token: "a") == .next("a"))
        #expect(endless.advance(token: "b") == .next("b"))
        #expect(endless.advance(token: "c") == .broken(.endless(pages: 3)))
        var whole = PageWalk(maximumPages: 3)
        _ = whole.advance(token: "a")
        _ = whole.advance(token: "b")
        #expect(whole.advance(token: nil) == .done)
    }

    @Test("what is over stays over")
    func final() {
        var broken = PageWalk()
        _ = broken.advance(token: "a")
        _ = broken.advance(token: "a")
        #expect(broken.advance(token: "b") == .broken(.repeatedToken(page: 2)))
        #expect(broken.advance(token: nil) == .broken(.repeatedToken(page: 2)))
        var done = PageWalk()
        _ = done.advance(token: nil)
        #expect(done.advance(token: "a") == .done)
        #expect(done.pages == 1)
    }

    @Test("each fault says what it is")
    func messages() {
        #expect(PageWalk.Fault.repeatedToken(page: 4).message.contains("page 4"))
        #expect(PageWalk.Fault.endless(pages: 10).message.contains("10 pages"))
    }
}
