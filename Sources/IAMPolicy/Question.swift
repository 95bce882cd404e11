/// Is there an action among those meant, and a resource among the guardrail's, that some Allows reach and no Deny covers?
struct Question {
    let action: Glob
    let resources: [Glob]
    let denies: [Statement]
    /// The one action that is meant, where it has no wildcard.
    private let only: String.UnicodeScalarView?

    /// Every action has a vendor and a name.
    private static let anyAction = Glob(action: "?*:?*")

    init(action: String, resources: [Glob], denies: [Statement]) {
        self.action = Glob(action: action)
        self.resources = resources
        only = self.action.isLiteral ? action.lowercased().unicodeScalars : nil
        self.denies = denies
    }

    /// - Parameter allows: all of them have to reach it: one of the policies, one of the boundary.
    func isReached(by allows: [Statement]) throws(GlobSearch.TooComplex) -> Bool {
        if let only {
            guard allows.allSatisfy({ $0.actions.contains(only) }) else { return false }
            var wish = wish(allows)
            for deny in denies where deny.actions.contains(only) {
                wish.resource = wish.resource.and(deny.resources.outside)
            }
            return try GlobSearch.exists(wish.resource)
        }
        var search = Escape(wish: wish(allows))
        return try search.exists(denies)
    }

    private func wish(_ allows: [Statement]) -> Wish {
        var wish = Wish(action: .init(all: [[action], [Self.anyAction]]), resource: .init(all: [resources]))
        for allow in allows {
            wish.action = wish.action.and(allow.actions.inside)
            wish.resource = wish.resource.and(allow.resources.inside)
        }
        return wish
    }

    struct Wish {
        var action: GlobSearch.Wish
        var resource: GlobSearch.Wish

        func isPossible() throws(GlobSearch.TooComplex) -> Bool {
            guard try GlobSearch.exists(action) else { return false }
            return try GlobSearch.exists(resource)
        }
    }
}

/// Escapes Denies, each by its action or by its resource.
///
/// Both sides are asked apart, since what one of them has to escape only makes it harder.
private struct Escape {
    let wish: Question.Wish
    private var steps = 0
    private static let stepLimit = 512

    init(wish: Question.Wish) { self.wish = wish }

    mutating func exists(_ denies: [Statement]) throws(GlobSearch.TooComplex) -> Bool {
        guard try wish.isPossible() else { return false }
        var wish = wish
        var open: [Statement] = []
        for deny in denies {
            // One that touches nothing on either side is escaped already.
            guard try GlobSearch.exists(wish.action.and(deny.actions.inside)),
                try GlobSearch.exists(wish.resource.and(deny.resources.inside))
            else { continue }
            let byAction = try GlobSearch.exists(wish.action.and(deny.actions.outside))
            let byResource = try GlobSearch.exists(wish.resource.and(deny.resources.outside))
            switch (byAction, byResource) {
            case (false, false): return false
            case (true, false): wish.action = wish.action.and(deny.actions.outside)
            case (false, true): wish.resource = wish.resource.and(deny.resources.outside)
            case (true, true): open.append(deny)
            }
        }
        return try search(wish, open[...])
    }

    private mutating func search(
        _ wish: Question.Wish,
        _ open: ArraySlice<Statement>
    ) throws(GlobSearch.TooComplex) -> Bool {
        steps += 1
        if steps > Self.stepLimit { throw GlobSearch.TooComplex() }
        guard try wish.isPossible() else { return false }
        guard let deny = open.first else { return true }
        var byAction = wish
        byAction.action = wish.action.and(deny.actions.outside)
        if try search(byAction, open.dropFirst()) { return true }
        var byResource = wish
        byResource.resource = wish.resource.and(deny.resources.outside)
        return try search(byResource, open.dropFirst())
    }
}
