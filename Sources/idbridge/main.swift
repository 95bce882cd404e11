print("idbridge")
