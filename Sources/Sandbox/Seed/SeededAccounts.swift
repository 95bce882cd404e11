/// The accounts and permission sets of the seeded company.
enum SeededAccounts {
    static func add(to world: inout World) {
        world.organization.units = [["Suspended"], ["Policy Staging"]]
        let production = ["environment": "production"]
        world.addAccount("100000000002", name: "payments", unit: "/Workloads/Production", tags: production)
        world.addAccount("100000000003", name: "web", unit: "/Workloads/Production", tags: production)
        world.addAccount("100000000004", name: "web-archive", unit: "/Workloads/Production", tags: production)
        world.addAccount("100000000005", name: "data", unit: "/Workloads/Data", tags: production)
        world.addAccount("100000000006", name: "staging", unit: "/Workloads/Staging", tags: ["environment": "staging"])
        world.addAccount("100000000007", name: "sandbox-blue", unit: "/Sandboxes")
        world.addAccount("100000000008", name: "sandbox-green", unit: "/Sandboxes")
        world.addAccount("100000000009", name: "playground", unit: "/Sandboxes", tags: ["owner": "everyone"])
        world.addAccount("100000000010", name: "retired-shop", unit: "/Suspended", state: "SUSPENDED")
        addPermissionSets(to: &world)
    }

    private static func addPermissionSets(to world: inout World) {
        let policies = [
            "AdministratorAccess": "arn:aws:iam::aws:policy/AdministratorAccess",
            "PowerUserAccess": "arn:aws:iam::aws:policy/PowerUserAccess",
            "ViewOnlyAccess": "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
            "SecurityAudit": "arn:aws:iam::aws:policy/SecurityAudit",
            "DataReader": "arn:aws:iam::aws:policy/AmazonAthenaFullAccess",
            "Billing": "arn:aws:iam::aws:policy/job-function/Billing",
        ]
        for name in policies.keys.sorted() {
            world.addPermissionSet(name)
            guard let index = world.identityCenter.permissionSets.firstIndex(where: { $0.name == name }) else {
                continue
            }
            world.identityCenter.permissionSets[index].managedPolicies = [policies[name] ?? ""]
            world.identityCenter.permissionSets[index].description = name
        }
        if let index = world.identityCenter.permissionSets.firstIndex(where: { $0.name == "AdministratorAccess" }) {
            world.identityCenter.permissionSets[index].sessionDuration = "PT4H"
        }
        for arn in policies.values { world.identityCenter.managedPolicies[arn] = document(arn) }
    }

    /// Shortened documents, in the shape of the real ones.
    private static func document(_ arn: String) -> String {
        switch arn.split(separator: "/").last {
        case "AdministratorAccess":
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        case "PowerUserAccess":
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"#
                + #""Resource":"*"},{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:ListRoles"],"Resource":"*"}]}"#
        default:
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","s3:List*"],"Resource":"*"}]}"#
        }
    }
}
