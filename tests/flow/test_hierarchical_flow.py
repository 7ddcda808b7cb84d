"""The three tests of the platform's roadmap; only the import path and the dealership id are other."""

from unittest.mock import patch

import pytest

from vendora_graph import HierarchicalFlowManager


class TestHierarchicalFlow:
    @pytest.fixture
    async def flow_manager(self, demo_cache, monkeypatch):
        monkeypatch.setenv("VENDORA_CACHE_DIR", str(demo_cache))
        config = {
            "gemini_api_key": "test-key",
            "bigquery_project": "vendora-test",
            "quality_threshold": 0.85,
            "timeout_seconds": 30,
        }
        manager = HierarchicalFlowManager(config)
        await manager.initialize()
        yield manager
        await manager.shutdown()

    async def test_simple_query_flow(self, flow_manager):
        """Test L1->L2->L3->L1 flow for simple query"""
        result = await flow_manager.process_user_query(
            user_query="What were my sales this month?",
            dealership_id="dealer_001",
            user_context={"user_role": "sales_manager"},
        )

        assert "error" not in result
        assert result["metadata"]["complexity"] in ["simple", "standard"]
        assert result["confidence_level"] in ["High", "Very High", "Moderate"]
        assert "analysis" in result
        assert "recommendations" in result

    async def test_complex_query_escalation(self, flow_manager):
        """Test complex query escalation to L2 Senior Analyst"""
        complex_query = """
        Analyze our Q4 performance across all departments,
        compare with industry benchmarks, and provide strategic
        recommendations for 2024 growth initiatives.
        """

        result = await flow_manager.process_user_query(
            user_query=complex_query,
            dealership_id="dealer_001",
            user_context={"user_role": "executive"},
        )

        assert result["metadata"]["complexity"] == "complex"
        assert result["metadata"]["agent_path"][-1] == "L2_senior_analyst"

    async def test_validation_rejection_flow(self, flow_manager):
        """Test L3 validation rejection and revision cycle"""
        with patch.object(flow_manager.l3_validator, "validate_analysis") as mock_validate:
            # First validation fails
            mock_validate.side_effect = [
                {"approved": False, "feedback": "Insufficient analysis depth"},
                {"approved": True, "confidence": 0.92},
            ]

            await flow_manager.process_user_query(
                user_query="Analyze customer satisfaction trends",
                dealership_id="dealer_001",
            )

            # Should have gone through revision cycle
            assert mock_validate.call_count == 2
