extension SSOAdminService {
    func respondOnApplications(
        _ call: Call,
        _ input: Input,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        switch call.operation {
        case "ListApplications":
            let applications = state.world.identityCenter.applications
            return try page(applications, as: "Applications", most: 50, call, input, state, identify: \.arn) {
                json($0, state.world)
            }
        case "DescribeApplication": return json(try application(input, state), state.world)
        case "GetApplicationAssignmentConfiguration":
            return ["AssignmentRequired": .bool(try application(input, state).requiresAssignment)]
        case "ListApplicationAssignments":
            let application = try application(input, state)
            let rows = application.assignments.map { (application.arn, $0) }
            return try pageOf(rows, call, input, state)
        case "ListApplicationAssignmentsForPrincipal": return try listForPrincipal(call, input, state)
        case "DescribeApplicationAssignment":
            let application = try application(input, state)
            let principal = try principal(input)
            guard application.assignments.contains(principal) else { throw .gone("The assignment does not exist.") }
            return json(application.arn, principal)
        case "CreateApplicationAssignment", "DeleteApplicationAssignment": return try change(call, input, &state)
        default: throw Refusal("UnknownOperationException", "", status: 404)
        }
    }

    private func application(_ input: Input, _ state: SandboxState) throws(Refusal) -> World.Application {
        let arn = try input.text("ApplicationArn", 10...1224)
        guard let found = state.world.identityCenter.applications.first(where: { $0.arn == arn }) else {
            throw .gone("Application \(arn) not found.")
        }
        return found
    }

    /// Assignments of the groups that a user is in are not listed for the user here.
    private func listForPrincipal(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let principal = try principal(input)
        let wanted = try input.optionalObject("Filter")?.optionalText("ApplicationArn", 10...1224)
        let rows = state.world.identityCenter.applications
            .filter { (wanted ?? $0.arn) == $0.arn && $0.assignments.contains(principal) }
            .map { ($0.arn, principal) }
        return try pageOf(rows, call, input, state)
    }

    private func pageOf(
        _ rows: [(String, World.Principal)],
        _ call: Call,
        _ input: Input,
        _ state: SandboxState
    ) throws(Refusal) -> JSONValue {
        try page(rows, as: "ApplicationAssignments", call, input, state, identify: { "\($0.0) \($0.1)" }) {
            json($0.0, $0.1)
        }
    }

    private func change(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let arn = try application(input, state).arn
        let principal = try principal(input)
        guard let index = state.world.identityCenter.applications.firstIndex(where: { $0.arn == arn }) else {
            return [:]
        }
        state.world.identityCenter.applications[index].assignments.removeAll { $0 == principal }
        if call.operation == "CreateApplicationAssignment" {
            state.world.identityCenter.applications[index].assignments.append(principal)
        }
        return [:]
    }

    private func json(_ arn: String, _ principal: World.Principal) -> JSONValue {
        [
            "ApplicationArn": .string(arn),
            "PrincipalId": .string(principal.id),
            "PrincipalType": .string(principal.kind),
        ]
    }

    private func json(_ application: World.Application, _ world: World) -> JSONValue {
        [
            "ApplicationArn": .string(application.arn),
            "ApplicationProviderArn": "arn:aws:sso::aws:applicationProvider/custom",
            "Name": .string(application.name),
            "ApplicationAccount": .string(world.organization.managementAccount),
            "InstanceArn": .string(world.identityCenter.instanceARN),
            "Status": "ENABLED",
            "CreatedDate": 1_760_000_000,
        ]
    }
}
