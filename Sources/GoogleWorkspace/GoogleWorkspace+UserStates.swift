public import Model

extension GoogleWorkspace {
    /// The state of every user, for the frequent look for leavers; see ``states()``.
    public func userStates() async throws(UpstreamError) -> [SourceUserState] {
        try await states().map {
            SourceUserState(id: $0.id, primaryAddress: $0.primaryAddress, state: $0.state)
        }
    }
}
