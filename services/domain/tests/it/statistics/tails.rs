use amends_domain::statistics::tails::{at_least, at_most, chi_square_tail, normal_below, normal_quantile};

/// How far from what it should be, in shares of it.
#[track_caller]
fn exact(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-8, "{value}, expected {expected}");
}

/// Abramowitz and Stegun (1964), table 26.1 (Φ(1) = 0.84134 47461) and what SciPy's `norm` gives.
#[test]
fn the_normal_distribution_is_that_of_the_tables() {
    exact(normal_below(1.0), 0.841_344_746_068_542_9);
    exact(normal_below(-3.0), 0.001_349_898_031_630_094_5);
    exact(normal_quantile(0.975), 1.959_963_984_540_054);
    exact(normal_quantile(0.9), 1.281_551_565_544_600_4);
    exact(normal_quantile(0.001), -3.090_232_306_167_813);
    assert_eq!((normal_quantile(0.5).abs(), normal_quantile(1.0)), (0.0, f64::INFINITY));
    assert_eq!(normal_quantile(-1.0), f64::NEG_INFINITY);
}

/// SciPy's `binom`.
#[test]
fn binomial_tails_are_those_of_another_program() {
    exact(at_least(3, 50, 0.02), 0.078_427_748_350_969_04);
    exact(at_least(4, 200, 0.005), 0.018_681_339_394_892_763);
    exact(at_most(0, 400, 0.02), 0.000_309_335_865_805_712_76);
    exact(at_least(50, 1_000, 0.03), 0.000_420_766_545_248_192);
    exact(at_least(20, 10_000, 0.001), 0.003_437_566_815_702_36);
    exact(at_most(2, 1_000_000, 1e-5), 0.002_769_304_916_614_199_2);
    exact(at_least(31, 2_000_000, 7e-6), 5.992_354_181_906_712e-5);
}

#[test]
fn the_ends_of_a_binomial_are_certain() {
    assert_eq!((at_least(0, 0, 0.5), at_least(1, 0, 0.5), at_least(0, 5, 0.0)), (1.0, 0.0, 1.0));
    assert_eq!((at_least(1, 5, 0.0), at_least(5, 5, 1.0), at_least(6, 5, 1.0)), (0.0, 1.0, 0.0));
    assert_eq!(
        (at_most(5, 5, 0.5), at_most(0, 5, 1.0), at_most(0, 5, 0.0), at_most(9, 5, 0.5)),
        (1.0, 0.0, 1.0, 1.0)
    );
}

/// SciPy's `chi2`.
#[test]
fn chi_squares_tails_are_those_of_another_program() {
    exact(chi_square_tail(20.515, 5), 0.0010000024510678572);
    exact(chi_square_tail(0.3, 1), 0.583882420770365);
    exact(chi_square_tail(7.8, 3), 0.050331097859853326);
    exact(chi_square_tail(50.0, 12), 1.3971121075428589e-06);
    exact(chi_square_tail(3.0, 40), 0.9999999999999997);
}
