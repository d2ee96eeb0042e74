"""Laws: what holds for every case. Each asserts that its cases were worth asking."""
