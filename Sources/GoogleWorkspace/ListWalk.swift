internal import HTTP

/// Puts the pages of one list together, and notices what no whole list can show.
struct ListWalk<Item: ListedResource> {
    /// What follows from a page.
    enum Step: Hashable {
        /// Another page is to be read.
        case next(token: String)
        /// The list is whole.
        case whole
        /// The last page, which a token promised, holds nothing: either the list's length is a multiple of the page's, or
        /// its end is missing. A pass with another page size tells which.
        case emptyEnd
        /// The list contradicts itself; the text says how.
        case broken(String)
    }

    /// The entries so far, in the order listed.
    private(set) var items: [Item] = []
    private var seen: Set<String> = []
    private var tokens = PageWalk()

    /// Takes the next page.
    mutating func take(_ page: ListPage<Item>) -> Step {
        for item in page.items {
            guard seen.insert(item.identity).inserted else { return .broken("an entry is listed twice") }
            items.append(item)
        }
        switch tokens.advance(token: page.nextPageToken) {
        case .next(let token): return .next(token: token)
        case .broken(let fault): return .broken(fault.message)
        case .done: return end(page)
        }
    }

    private func end(_ page: ListPage<Item>) -> Step {
        tokens.pages == 1 || !page.items.isEmpty ? .whole : .emptyEnd
    }
}
