/// The walk through a paged listing, as a pure machine: it takes the token of each page and tells what to do next.
///
/// A page without items that has a token is legal, and nothing is said about it; a listing is whole only once a page
/// came without a token. A token that comes a second time would lead round in a circle, with people missing or twice,
/// so the listing is broken and nothing may be concluded from it.
public struct PageWalk: Sendable {
    /// What to do after a page.
    public enum Step: Hashable, Sendable {
        /// Ask for the page of this token.
        case next(String)
        /// The listing is whole.
        case done
        /// The listing cannot be trusted, nor any part of it.
        case broken(Fault)
    }

    /// Why a listing cannot be trusted.
    public enum Fault: Error, Hashable, Sendable {
        /// A token came a second time, with this page (counted from 1).
        case repeatedToken(page: Int)
        /// The listing has not ended after so many pages.
        case endless(pages: Int)

        /// What is wrong, for a person.
        public var message: String {
            switch self {
            case .repeatedToken(let page):
                "page \(page) of the listing has the token of an earlier page, so the listing goes round in a circle"
            case .endless(let pages): "the listing has not ended after \(pages) pages"
            }
        }
    }

    private let maximumPages: Int
    private var isOver: Step?
    /// Hashes instead of tokens, which may have 64 KiB each. Two that clash by chance (once in 10¹¹ listings of 10,000
    /// pages) break a listing, and never make one look whole.
    private var seen: Set<Int> = []

    /// How many pages were read.
    public private(set) var pages = 0

    /// A walk that begins. More than `maximumPages` pages are taken for a listing that does not end.
    public init(maximumPages: Int = 10_000) { self.maximumPages = maximumPages }

    /// Takes the token (or link) of the page just read, nil or empty where it has none.
    public mutating func advance(token: String?) -> Step {
        if let isOver { return isOver }
        pages += 1
        let step = step(after: token)
        if case .next = step { return step }
        isOver = step
        return step
    }

    private mutating func step(after token: String?) -> Step {
        guard let token, !token.isEmpty else { return .done }
        guard seen.insert(token.hashValue).inserted else { return .broken(.repeatedToken(page: pages)) }
        return pages < maximumPages ? .next(token) : .broken(.endless(pages: pages))
    }
}
